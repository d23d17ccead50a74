/* The player: tells the server which stretches were played, and shows what the server has confirmed.
   Nothing here decides what counts, and no time of this machine is ever sent. Whatever is not confirmed is sent again
   with the next beat, so that a dead network for a minute loses nothing.
   Floor: Chromium 86, Safari 14, Firefox 90. No inline code; wiring by data attributes (see lesson.html). */
(function () {
  'use strict';
  var box = document.getElementById('player');
  var film = box && box.querySelector('video');
  if (!film) return;
  var words = document.getElementById('player-words').dataset;
  var saved = document.getElementById('saved');
  var elsewhere = document.getElementById('elsewhere');
  var trouble = document.getElementById('trouble');
  var finished = document.getElementById('finished');
  var svg = document.querySelector('.x-trace svg');
  var length = +box.dataset.length;

  var TIMEOUT = 10000;     /* for one beat */
  var GIVE_UP = 75000;     /* unheard while playing: stop before the server would stop counting */
  var ticket = '';
  var seq = 0;
  var every = 15;
  var played = [];         /* not confirmed yet: [from, to] in ms, in the order of playing */
  var running = false;     /* the last of them is being extended */
  var busy = false;        /* one beat is on its way */
  var again = false;       /* another one is wanted after it */
  var tries = 0;           /* failed since the last confirmation */
  var retry = 0;           /* timer */
  var sentAt = 0;          /* performance.now() */
  var heardAt = 0;
  var lastSaved = '';
  var complete = box.dataset.complete === 'yes';
  var opening = false;
  var chosen = false;      /* the reader has moved to a place of his own */
  var moving = false;      /* we move, not the reader */

  function say(name, facts) {
    var said = words[name] || '';
    Object.keys(facts || {}).forEach(function (key) { said = said.split('{' + key + '}').join(facts[key]); });
    return said;
  }
  function at() { return Math.min(length, Math.max(0, Math.round(film.currentTime * 1000))); }
  function two(n) { return (n < 10 ? '0' : '') + n; }
  function place(ms) {
    var s = Math.floor(ms / 1000);
    var m = Math.floor(s / 60);
    return m < 60 ? two(m) + ':' + two(s % 60) : Math.floor(m / 60) + ':' + two(m % 60) + ':' + two(s % 60);
  }
  function long(ms) {
    var s = Math.floor(ms / 1000);
    var m = Math.floor(s / 60);
    if (!m) return say('seconds', { s: s });
    return s % 60 ? say('minutes', { m: m, s: s % 60 }) : say('whole', { m: m });
  }
  function go(ms) { moving = true; film.currentTime = ms / 1000; }
  function playing() { return !film.paused && !film.ended; }

  /* ---- which stretches are played ---- */
  function begin() {
    if (running || !ticket) return;
    played.push([at(), at()]);
    running = true;
  }
  function extend() {
    if (running && !film.seeking) {
      var last = played[played.length - 1];
      if (at() > last[1]) last[1] = at();
    }
  }
  function halt() { extend(); running = false; }
  function drop() { played = []; running = false; }
  function acknowledge(count, to) {  /* the first `count` are confirmed; the last of them perhaps still grows */
    if (!count) return;
    var last = played[count - 1];
    played = played.slice(count - 1);
    if (last) last[0] = to;
    if (!(running && played.length === 1) && last && last[0] >= last[1]) played.shift();
  }

  /* ---- talking to the server ---- */
  function beat() {
    if (!ticket) return;
    if (busy) { again = true; return; }
    extend();
    clearTimeout(retry);
    var sent = played.map(function (one) { return one.slice(); });
    var to = sent.length ? sent[sent.length - 1][1] : 0;
    var position = at();
    var stop = window.AbortController ? new AbortController() : null;
    var timer = setTimeout(function () { if (stop) stop.abort(); }, TIMEOUT);
    busy = true;
    sentAt = performance.now();
    fetch(box.dataset.beat, {
      method: 'POST', body: message(sent, position, false), credentials: 'same-origin', cache: 'no-store',
      headers: { 'Content-Type': 'application/json' }, signal: stop ? stop.signal : undefined
    }).then(function (response) {
      return response.json().then(function (told) { return { status: response.status, told: told, wait: +response.headers.get('Retry-After') || 0 }; });
    }).then(function (answer) {
      if (answer.status === 200) heard(answer.told, sent.length, to, position);
      else if (answer.status >= 500) unheard(answer.wait, answer.told);
      else refused(answer.status, answer.told);
    }).catch(function () { unheard(0, null); }).then(function () {
      clearTimeout(timer);
      busy = false;
      if (again) { again = false; beat(); }
    });
  }
  function message(sent, position, leaving) {
    seq += 1;
    var told = sent.filter(function (one) { return one[1] > one[0]; }).slice(-100);
    return JSON.stringify({ ticket: ticket, seq: seq, position_ms: position, played: told, leaving: leaving });
  }
  function heard(told, count, to, position) {
    heardAt = performance.now();
    tries = 0;
    lastSaved = told.saved;
    receipt(true);
    trouble.hidden = true;
    if (told.position_ms !== position) {
      film.pause();
      drop();
      go(told.position_ms);
      warn(say('silence', { place: place(told.position_ms) }), say('silenceNext'), false);
    } else {
      acknowledge(count, to);
    }
    show(told.covered, told.credited_ms, told.complete);
  }
  function unheard(wait, told) {
    tries += 1;
    receipt(false);
    if (tries > 1) warn((told && told.says) || say('offline'), (told && told.next) || say('offlineNext'), true);
    if (playing() && performance.now() - heardAt > GIVE_UP) {
      film.pause();
      warn(say('stopped'), say('stoppedNext'), true);
    }
    clearTimeout(retry);
    retry = setTimeout(beat, wait ? wait * 1000 : Math.min(15000, 1000 * Math.pow(2, tries)));
  }
  function refused(status, told) {
    ticket = '';
    film.pause();
    drop();
    if (told.code === 'elsewhere') return away(told.says, told.next);
    warn(told.says || say('refused'), told.next || '', true, status === 401);
    if (lastSaved) receipt(false);
  }
  function open() {
    if (opening) return;
    opening = true;
    fetch(box.dataset.open, {
      method: 'POST', credentials: 'same-origin', cache: 'no-store',
      headers: { 'X-CSRFToken': box.dataset.csrf, Accept: 'application/json' }
    }).then(function (response) {
      var json = /json/.test(response.headers.get('Content-Type') || '');
      if (!json) { warn(say('sign'), say('signNext'), true, true); return null; }
      return response.json().then(function (told) {
        if (response.ok) return opened(told);
        warn(told.says || say('refused'), told.next || '', response.status >= 500);
        return null;
      });
    }).catch(function () { warn(say('offline'), say('filmNext'), true); }).then(function () { opening = false; });
  }
  function opened(told) {
    ticket = told.ticket;
    seq = 0;
    every = told.next_in_s;
    drop();
    heardAt = sentAt = performance.now();
    tries = 0;
    complete = complete || told.complete;
    elsewhere.hidden = trouble.hidden = true;
    if (!chosen && Math.abs(told.position_ms - at()) > 1000) go(told.position_ms);  /* played on elsewhere meanwhile */
    show(told.covered, told.credited_ms, told.complete);
    film.play().catch(function () { /* the reader presses play again */ });
  }

  /* ---- what the reader sees ---- */
  function receipt(ok) {
    saved.hidden = false;
    saved.className = ok ? 'x-saved' : 'x-saved x-not';
    saved.textContent = ok ? say('saved', { time: lastSaved }) : lastSaved ? say('unsaved', { time: lastSaved }) : say('never');
    if (window.xueshi) saved.insertBefore(window.xueshi.icon(ok ? 'check' : 'wifi-off'), saved.firstChild);
  }
  function notice(where, says, next) {
    where.querySelector('[data-says]').textContent = says;
    where.querySelector('[data-next]').textContent = next || '';
    where.hidden = false;
  }
  function warn(says, next, button, sign) {
    notice(trouble, says, next);
    trouble.querySelector('button').hidden = !button;
    trouble.querySelector('[data-sign-in]').hidden = !sign;
  }
  function away(says, next) {
    chosen = false;
    notice(elsewhere, says, next);
    elsewhere.querySelector('button').focus();
  }
  function rect(name, from, to) {
    var made = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    made.setAttribute('class', name);
    made.setAttribute('x', (from * 1000 / length).toFixed(2));
    made.setAttribute('width', name === 'at' ? 3 : ((to - from) * 1000 / length).toFixed(2));
    made.setAttribute('height', 30);
    svg.appendChild(made);
  }
  function show(covered, credited, whole) {
    var title = document.getElementById('h-trace');
    var list = document.getElementById('gaps');
    if (!svg || !list) return;
    svg.textContent = '';
    list.textContent = '';
    var reached = 0;
    covered.forEach(function (one) {
      rect('on', one[0], one[1]);
      if (one[0] - reached >= 1000) { rect('gap', reached, one[0]); skipped(list, reached, one[0]); }
      reached = one[1];
    });
    rect('at', at(), at());
    svg.setAttribute('aria-label', say('trace', { length: long(length), done: long(credited) }));
    title.textContent = whole ? say('done') : say('count', { done: long(credited), left: long(length - credited) });
    if (whole && !complete) finished.hidden = false;
    complete = complete || whole;
  }
  function skipped(list, from, to) {
    var item = document.createElement('li');
    var said = document.createElement('span');
    var button = document.createElement('button');
    said.className = 'x-grow';
    said.textContent = say('gap', { from: place(from), to: place(to) });
    button.className = 'btn btn-sm';
    button.type = 'button';
    button.setAttribute('data-from', from);
    button.textContent = say('again');
    item.appendChild(said);
    item.appendChild(button);
    list.appendChild(item);
  }

  /* ---- what happens ---- */
  film.addEventListener('loadedmetadata', function () {
    var position = +box.dataset.position;
    if (position < length - 500 && film.currentTime < 1) go(position);
  });
  film.addEventListener('play', function () {
    button();
    if (!ticket) {          /* no clock runs yet: first the server, then the film */
      film.pause();
      if (elsewhere.hidden) open(); else elsewhere.querySelector('button').focus();
      return;
    }
    beat();                 /* after a pause the clock begins anew here */
  });
  film.addEventListener('playing', begin);
  film.addEventListener('timeupdate', function () {
    extend();
    var shown = box.querySelector('[data-at]');
    if (shown) shown.textContent = place(at());
  });
  film.addEventListener('seeking', function () { running = false; });
  film.addEventListener('seeked', function () { if (!moving) chosen = true; moving = false; if (playing()) begin(); });
  film.addEventListener('pause', function () { button(); if (!running) return; halt(); beat(); });
  film.addEventListener('ended', function () {
    if (running) played[played.length - 1][1] = length;
    running = false;
    button();
    beat();
  });
  film.addEventListener('ratechange', function () { if (film.playbackRate > 1) film.playbackRate = 1; });
  film.addEventListener('error', function () { warn(say('film'), say('filmNext'), true); }, true);
  setInterval(function () {
    if (!ticket || !playing()) return;
    extend();
    if (!busy && !tries && performance.now() - sentAt >= every * 1000) beat();
    if (tries && performance.now() - heardAt > GIVE_UP) { film.pause(); warn(say('stopped'), say('stoppedNext'), true); }
  }, 500);
  window.addEventListener('online', function () { if (tries) { clearTimeout(retry); beat(); } });
  document.addEventListener('visibilitychange', function () { if (document.hidden && playing()) beat(); });
  window.addEventListener('pagehide', function () {
    if (!ticket) return;
    halt();
    var body = message(played, at(), true);
    if (navigator.sendBeacon) navigator.sendBeacon(box.dataset.beat, new Blob([body], { type: 'application/json' }));
    else fetch(box.dataset.beat, { method: 'POST', body: body, keepalive: true, credentials: 'same-origin' });
    ticket = '';
  });
  window.addEventListener('pageshow', function (event) { if (event.persisted) location.reload(); });

  /* ---- buttons ---- */
  function button() {
    var go = box.querySelector('[data-play]');
    go.querySelector('span').textContent = say(playing() ? 'pause' : 'play');
    var use = go.querySelector('use');
    use.setAttribute('href', use.getAttribute('href').replace(/player-(play|pause)$/, playing() ? 'player-pause' : 'player-play'));
  }
  function captions(on) {
    var shown = document.querySelector('[data-captions]');
    var lang = document.documentElement.lang;
    var tracks = Array.prototype.slice.call(film.textTracks);
    var mine = tracks.filter(function (one) { return one.language === lang; })[0] || tracks[0];
    tracks.forEach(function (one) { one.mode = on && one === mine ? 'showing' : 'disabled'; });
    if (shown) shown.setAttribute('aria-pressed', on);
  }
  box.querySelectorAll('button[hidden]').forEach(function (one) { one.hidden = false; });
  box.addEventListener('click', function (event) {
    var hit = event.target.closest('[data-play],[data-back],[data-captions]');
    if (!hit) return;
    if (hit.hasAttribute('data-play')) { if (playing()) film.pause(); else film.play().catch(function () {}); }
    if (hit.hasAttribute('data-back')) film.currentTime = Math.max(0, film.currentTime - 10);
    if (hit.hasAttribute('data-captions')) captions(hit.getAttribute('aria-pressed') !== 'true');
  });
  document.addEventListener('click', function (event) {
    var gap = event.target.closest('[data-from]');
    if (!gap) return;
    film.currentTime = +gap.getAttribute('data-from') / 1000;
    film.play().catch(function () {});
    film.focus();
  });
  elsewhere.querySelector('button').addEventListener('click', open);
  trouble.querySelector('button').addEventListener('click', function () {
    if (film.error) { film.load(); return; }
    if (ticket) beat(); else open();
  });
}());
