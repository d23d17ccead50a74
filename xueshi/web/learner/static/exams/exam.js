/* The exam pages: every choice is sent at once and shown as saved only with the server's receipt; what has not
   arrived stays in this browser, through reload and power cut, until it has. The end is the server's: a clock
   that is wrong here shows nothing wrong and moves nothing.
   Floor: Chromium 86, Safari 14, Firefox 90. */
(function () {
  'use strict';
  const PULSE = '/pulse/answer';
  const FIRST_RETRY = 1000, LAST_RETRY = 15000, PATIENCE = 10000;  /* milliseconds */
  const RESYNC = 60000;
  const EARLY = 2000;  /* the paper is handed in so long before the end, to arrive before it */
  const THRESHOLDS = [15, 5, 1];  /* minutes: only then the page speaks */

  const one = (selector, root) => (root || document).querySelector(selector);
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const kept = one('#exam-words');

  function words(name, facts) {
    let said = (kept && kept.dataset[name]) || '';
    Object.keys(facts || {}).forEach((key) => { said = said.split('{' + key + '}').join(facts[key]); });
    return said;
  }

  function element(tag, css, text) {
    const made = document.createElement(tag);
    if (css) made.className = css;
    if (text) made.textContent = text;
    return made;
  }

  /* What this browser keeps. A browser that keeps nothing still works; then the page itself is the only copy. */
  const store = {
    works: (function () {
      try { localStorage.setItem('x-exam-try', '1'); localStorage.removeItem('x-exam-try'); return true; }
      catch (blocked) { return false; }
    }()),
    get(key) { try { return JSON.parse(localStorage.getItem(key)); } catch (damaged) { return null; } },
    put(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); } catch (full) { this.works = false; } },
    drop(key) { try { localStorage.removeItem(key); } catch (blocked) { /* nothing was kept */ } },
    keys(prefix) { try { return Object.keys(localStorage).filter((key) => key.indexOf(prefix) === 0); } catch (blocked) { return []; } },
  };

  function post(body) {
    const stop = new AbortController();
    const late = setTimeout(() => stop.abort(), PATIENCE);
    return fetch(PULSE, {
      method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' },
      credentials: 'same-origin', cache: 'no-store', signal: stop.signal,
    }).then((response) => response.json().then((said) => ({ status: response.status, said: said })))
      .finally(() => clearTimeout(late));
  }

  /* The server's time: its own statement, carried on by a clock that nobody can set. */
  const clock = {
    base: 0, mark: 0, wall: 0,
    set(iso) { this.base = Date.parse(iso); this.mark = performance.now(); this.wall = Date.now(); },
    now() { return this.base + performance.now() - this.mark; },
    /* A machine that slept: the wall clock went on while the other one stood. Ask the server again. */
    slept() { return Math.abs((Date.now() - this.wall) - (performance.now() - this.mark)) > 5000; },
  };

  /* One notice of each kind at the head of the page. */
  function notice(kind, css, icon, text, detail, buttons) {
    const place = one('#exam-notices');
    if (!place) return;
    const old = one('[data-kind="' + kind + '"]', place);
    if (!text) { if (old) old.remove(); return; }
    const box = element('div', 'x-notice' + (css ? ' ' + css : ''));
    box.setAttribute('role', css === 'x-bad' ? 'alert' : 'status');
    box.setAttribute('data-kind', kind);
    if (window.xueshi) box.appendChild(window.xueshi.icon(icon));
    const inside = element('div');
    inside.appendChild(element('p')).appendChild(element('b', '', text));
    if (detail) inside.appendChild(element('p', '', detail));
    box.appendChild(inside);
    (buttons || []).forEach((button) => {
      const made = element(button.url ? 'a' : 'button', 'btn btn-sm', button.words);
      if (button.url) { made.href = button.url; if (button.apart) { made.target = '_blank'; made.rel = 'noopener'; } }
      else { made.type = 'button'; made.addEventListener('click', button.then); }
      box.appendChild(made);
    });
    if (old) place.replaceChild(box, old); else place.appendChild(box);
  }

  /* ---- the time -------------------------------------------------------------------------------------- */

  function keepTime(box, atTheEnd) {
    const ends = Date.parse(box.dataset.ends);
    const shown = one('[data-left]', box), too = one('[data-left-too]'), live = one('[data-threshold]', box), hide = one('[data-hide-time]', box);
    let before = null, over = false, hidden = false;
    try { hidden = sessionStorage.getItem('x-exam-time') === 'hidden'; } catch (blocked) { /* shown, then */ }
    clock.set(box.dataset.now);
    function said(minutes) {
      if (minutes < 60) return words('minutes', { m: minutes });
      const facts = { h: Math.floor(minutes / 60), m: minutes % 60 };
      return words(facts.m ? 'hours' : 'whole', facts);
    }
    function look() {
      const left = ends - clock.now();
      const minutes = Math.max(0, Math.ceil(left / 60000));
      shown.textContent = hidden ? words('hidden') : said(minutes);
      if (too) {
        too.textContent = hidden ? words('hidden') : words('still', { time: said(minutes) });
        too.parentNode.classList.toggle('x-soon', minutes <= THRESHOLDS[0]);
      }
      THRESHOLDS.forEach((at) => {
        if (before !== null && before > at && minutes <= at && minutes > 0) live.textContent = words('left', { m: at });
      });
      before = minutes;
      if (left <= EARLY && !over) { over = true; atTheEnd(); }
    }
    hide.hidden = false;
    function press() {
      hide.setAttribute('aria-pressed', hidden);
      hide.textContent = words(hidden ? 'show' : 'hide');
      look();
    }
    hide.addEventListener('click', () => {
      hidden = !hidden;
      try { sessionStorage.setItem('x-exam-time', hidden ? 'hidden' : 'shown'); } catch (blocked) { /* till reload */ }
      press();
    });
    press();
    setInterval(look, 1000);  /* looks every second, shows whole minutes */
    return look;
  }

  function resync(ticket, look) {
    post({ ticket: ticket, saves: [] }).then((heard) => {
      if (heard.said.now) { clock.set(heard.said.now); look(); }
    }).catch(() => { /* the clock that nobody can set goes on */ });
  }

  function keepInStep(ticket, look) {
    let last = Date.now();
    function maybe() { if (clock.slept() || Date.now() - last > RESYNC) { last = Date.now(); resync(ticket, look); } }
    setInterval(maybe, 5000);
    document.addEventListener('visibilitychange', () => { if (!document.hidden) { last = Date.now(); resync(ticket, look); } });
  }

  /* ---- the paper ------------------------------------------------------------------------------------- */

  function sitting(form) {
    const exam = form.dataset.exam, ticket = form.dataset.ticket, epoch = +form.dataset.epoch;
    const prefix = 'x-exam-' + exam + '-';
    const unsent = {};    /* slot -> {seq, chosen, flagged, epoch}: not yet acknowledged */
    const failed = {};    /* slot -> true: tried, and not arrived */
    let highest = 0, busy = null, timer = null, wait = FIRST_RETRY, stopped = false, leaving = false;
    const questions = {};
    all('[data-slot]', form).forEach((box) => {
      const slot = +box.dataset.slot;
      questions[slot] = box;
      if (+box.dataset.seat === epoch) highest = Math.max(highest, +box.dataset.seq);
    });
    const listed = () => Object.keys(unsent).map(Number).sort((a, b) => a - b);

    function nextSeq() {  /* shared by all tabs of this browser, so that the later choice always wins */
      const known = store.get(prefix + 'n');
      highest = Math.max(highest, known && known.epoch === epoch ? known.seq : 0) + 1;
      store.put(prefix + 'n', { epoch: epoch, seq: highest });
      return highest;
    }
    function chosen(slot) { return all('input[name="q' + slot + '"]:checked', form).map((input) => +input.value); }
    function flagged(slot) { return one('input[name="f' + slot + '"]', form).checked; }
    function choose(slot, save) {  /* put a kept answer back into the page */
      all('input[name="q' + slot + '"]', form).forEach((input) => {
        input.checked = save.chosen.indexOf(+input.value) >= 0;
        input.closest('.x-opt').classList.toggle('x-on', input.checked);
      });
      one('input[name="f' + slot + '"]', form).checked = save.flagged;
    }

    /* What the page says of a question: on its card, in the map, in the counts. */
    function show(slot) {
      const link = one('[data-map] a[href="#q' + (slot + 1) + '"]');
      const answered = chosen(slot).length > 0, flag = flagged(slot), lost = failed[slot] && unsent[slot];
      const state = lost ? 'u' : (answered && !unsent[slot] ? 'a' : (answered && link.classList.contains('a') ? 'a' : ''));
      link.className = state + (flag ? ' f' : '');
      const said = lost ? 'undelivered' : (state ? 'received' : 'open');
      link.setAttribute('aria-label', words('question', { n: slot + 1 }) + words('comma') + words(said) + (flag ? words('comma') + words('flagged') : ''));
      const receipt = one('[data-receipt]', questions[slot]);
      if (unsent[slot]) {
        receipt.hidden = false;
        receipt.classList.toggle('x-not', !!lost);
        one('[data-words]', receipt).textContent = words(lost ? 'unsent' : 'sending');
        one('[data-time]', receipt).textContent = '';
      }
    }
    function count() {
      const links = all('[data-map] a');
      const tell = (name, n) => { const box = one('[data-count="' + name + '"]'); if (box) box.textContent = n; };
      tell('a', links.filter((link) => link.classList.contains('a')).length);
      tell('u', links.filter((link) => link.classList.contains('u')).length);
      tell('n', links.filter((link) => !link.classList.contains('a') && !link.classList.contains('u')).length);
      tell('f', links.filter((link) => link.classList.contains('f')).length);
    }
    function received(slot, heard) {
      const receipt = one('[data-receipt]', questions[slot]);
      receipt.hidden = false;
      receipt.classList.remove('x-not');
      one('[data-words]', receipt).textContent = words('saved');
      const time = one('[data-time]', receipt);
      time.textContent = heard.clock;
      time.setAttribute('datetime', heard.saved_at);
      one('[data-status]').textContent = words('last', { n: slot + 1, time: heard.clock });
    }

    /* A choice: kept here first, then sent. */
    function changed(slot) {
      const save = { seq: nextSeq(), chosen: chosen(slot), flagged: flagged(slot), epoch: epoch };
      unsent[slot] = save;
      store.put(prefix + 's' + slot, save);
      show(slot);
      count();
      send();
    }

    /* One request at a time; the promise is kept when nothing is left to send, or the line is down. */
    function send() {
      if (busy) return busy;
      if (stopped || !listed().length) return Promise.resolve();
      clearTimeout(timer);
      timer = null;
      const saves = listed().slice(0, 100).map((slot) => ({ slot: slot, seq: unsent[slot].seq, chosen: unsent[slot].chosen, flagged: unsent[slot].flagged }));
      busy = post({ ticket: ticket, saves: saves }).then((heard) => hear(heard, saves)).catch(() => later(saves)).then(() => {
        busy = null;
        return timer ? null : send();
      });
      return busy;
    }

    function later(saves) {  /* the line is down, or the server is: try again, ever more patiently */
      saves.forEach((save) => { failed[save.slot] = true; show(save.slot); });
      count();
      const list = listed().slice(0, 5).map((slot) => words('question', { n: slot + 1 })).join(words('comma'));
      notice('lost', 'x-bad', 'wifi-off', words('lost', { list: list + (listed().length > 5 ? '…' : '') }),
        words(store.works ? 'kept' : 'memory'), [{ words: words('retry'), then: again }]);
      timer = setTimeout(again, wait);
      wait = Math.min(wait * 2, LAST_RETRY);
    }
    function again() { send(); }

    function hear(heard, saves) {
      const answers = heard.said.answers;
      if (heard.status === 401) return signIn(heard.said.says, saves);
      if (!answers) return heard.status === 422 ? stop(heard.said.says, [{ words: words('reload'), then: () => location.reload() }]) : later(saves);
      if (heard.said.now) clock.set(heard.said.now);
      wait = FIRST_RETRY;
      answers.forEach((answer, place) => {
        const slot = answer.slot, mine = unsent[slot], sent = saves[place];
        if (answer.outcome === 'older' && mine && mine.seq === sent.seq) {
          highest = Math.max(highest, answer.seq);  /* another tab counted further; this choice is the newer one */
          mine.seq = nextSeq();
          store.put(prefix + 's' + slot, mine);
          return;
        }
        if (answer.outcome !== 'saved' && answer.outcome !== 'malformed') return;
        delete failed[slot];
        if (mine && mine.seq === sent.seq) {
          delete unsent[slot];
          store.drop(prefix + 's' + slot);
          if (answer.outcome === 'saved') received(slot, answer);
          const link = one('[data-map] a[href="#q' + (slot + 1) + '"]');
          link.classList.toggle('a', sent.chosen.length > 0);
        }
        show(slot);
      });
      count();
      if (!Object.keys(failed).some((slot) => unsent[slot])) notice('lost');
      if (!listed().length) notice('wait');
      const ended = answers.filter((answer) => answer.says)[0];
      if (!ended) return null;
      if (heard.status === 409) return stop(ended.says, [{ words: words('here'), then: () => submit('[data-exam-seat]') }], 'x-wait');
      if (heard.status === 422) return notice('malformed', 'x-bad', 'alert-triangle', ended.says, '', [{ words: words('reload'), then: () => location.reload() }]);
      return stop(ended.says, [{ words: words('see'), then: () => { leaving = true; location.href = form.action + 'result/'; } }]);
    }

    function signIn(says, saves) {
      later(saves);
      notice('lost', 'x-bad', 'alert-triangle', says, words(store.works ? 'kept' : 'memory'),
        [{ words: words('sign'), url: words('signUrl'), apart: true }, { words: words('retry'), then: again }]);
    }
    function stop(says, buttons, css) {  /* nothing more can be answered here; what was not sent stays kept */
      stopped = true;
      clearTimeout(timer);
      all('fieldset', form).forEach((box) => { box.disabled = true; });
      notice('lost');
      notice('stopped', css || 'x-bad', css ? 'device-desktop' : 'clock', says, '', buttons);
      const place = one('#exam-notices');
      if (place.scrollIntoView) place.scrollIntoView({ block: 'center' });
    }
    function submit(selector) {
      leaving = true;
      one(selector).submit();
    }

    /* What an earlier visit could not send. An answer that another device has given since is not overwritten. */
    function recover() {
      let found = 0;
      store.keys(prefix + 's').forEach((key) => {
        const slot = +key.slice(prefix.length + 1), save = store.get(key), box = questions[slot];
        if (!box || !save || !Array.isArray(save.chosen)) { store.drop(key); return; }
        const there = { seat: +box.dataset.seat, seq: +box.dataset.seq };
        const newer = there.seat < save.epoch || (there.seat === save.epoch && there.seq < save.seq);
        if (!newer) { store.drop(key); return; }
        choose(slot, save);
        unsent[slot] = { seq: save.epoch === epoch ? save.seq : nextSeq(), chosen: save.chosen, flagged: !!save.flagged, epoch: epoch };
        highest = Math.max(highest, unsent[slot].seq);
        store.put(key, unsent[slot]);
        show(slot);
        found += 1;
      });
      if (!found) return;
      count();
      notice('restored', '', 'arrow-back-up', words('restored', { n: found }));
      send().then(() => { if (!listed().length) setTimeout(() => notice('restored'), 8000); });
    }

    /* The same paper in two tabs: each shows what the other has saved, and both say so. */
    function besideOthers() {
      const me = String(Math.random());
      const twice = () => notice('twice', 'x-soon', 'info-circle', words('twice'));
      window.addEventListener('storage', (event) => {
        if (event.key === prefix + 'tab' && event.newValue) {
          const said = JSON.parse(event.newValue);
          if (said.me === me) return;
          twice();
          if (said.hello) store.put(prefix + 'tab', { me: me, hello: false, at: Date.now() });
        } else if (event.key && event.key.indexOf(prefix + 's') === 0 && event.newValue) {
          const slot = +event.key.slice(prefix.length + 1), save = JSON.parse(event.newValue);
          if (!questions[slot] || save.epoch !== epoch || (unsent[slot] && unsent[slot].seq > save.seq)) return;
          choose(slot, save);  /* the other tab sends it */
          delete unsent[slot];
          one('[data-map] a[href="#q' + (slot + 1) + '"]').classList.toggle('a', save.chosen.length > 0);
          show(slot);
          count();
        }
      });
      store.put(prefix + 'tab', { me: me, hello: true, at: Date.now() });
    }

    function finish() {  /* the end: what is on the way first, then the paper */
      if (stopped) return;
      notice('ending', 'x-soon', 'clock', words('ending'));
      Promise.race([send(), new Promise((go) => setTimeout(go, 4000))]).then(() => submit('[data-exam-end]'));
    }
    function toHandIn(event) {
      event.preventDefault();
      event.stopPropagation();
      send().then(() => {
        const left = listed().length;
        if (!left || stopped) { leaving = true; location.href = form.dataset.handIn; return; }
        notice('wait', 'x-soon', 'hourglass', words('wait', { n: left }));
        one('#exam-notices').scrollIntoView({ block: 'center' });
      });
    }

    form.addEventListener('change', (event) => {
      const box = event.target.closest('[data-slot]');
      if (box) changed(+box.dataset.slot);
    });
    form.addEventListener('submit', (event) => { event.preventDefault(); });
    one('[data-to-hand-in]', form).addEventListener('click', toHandIn);
    one('[data-without-script]', form).hidden = true;
    window.addEventListener('online', again);
    window.addEventListener('beforeunload', (event) => {
      if (leaving || stopped || !listed().length) return;
      event.preventDefault();
      event.returnValue = '';
    });
    recover();
    besideOthers();
    return finish;
  }

  /* ---- before the exam ------------------------------------------------------------------------------- */

  function check(box) {
    const tell = (name, said, state, css) => {
      one('[data-said="' + name + '"]', box).textContent = said;
      const tag = one('[data-tag="' + name + '"]', box);
      tag.textContent = '';
      tag.appendChild(element('span', 'x-tag ' + css, state));
    };
    all('[data-needs-script]', box).forEach((line) => { line.hidden = false; });
    tell('script', words('runs'), words('good'), 'x-ok');
    tell('store', words(store.works ? 'store' : 'storebad'), words(store.works ? 'good' : 'careful'), store.works ? 'x-ok' : 'x-soon');
    function measure() {
      const from = performance.now();
      post({ ticket: box.dataset.ticket, saves: [] }).then((heard) => {
        if (heard.status !== 200) throw new Error(String(heard.status));
        const trip = Math.round(performance.now() - from);
        const slow = trip > 1500;
        tell('trip', words(slow ? 'tripslow' : 'trip', { ms: trip }), words(slow ? 'slow' : 'good'), slow ? 'x-soon' : 'x-ok');
        const off = Math.round((Date.now() - trip / 2 - Date.parse(heard.said.now)) / 60000);
        if (!off) tell('clock', words('clockgood'), words('good'), 'x-ok');
        else tell('clock', words(off > 0 ? 'clockfast' : 'clockslow', { m: Math.abs(off) }), words('careful'), 'x-soon');
      }).catch(() => tell('trip', words('tripbad'), words('bad'), 'x-bad'));
    }
    one('[data-again]', box).addEventListener('click', measure);
    measure();
  }

  function start() {
    const form = one('form[data-exam]'), time = one('[data-exam-time]'), before = one('[data-exam-check]'), done = one('[data-exam-done]');
    const finish = form ? sitting(form) : () => { const end = one('[data-exam-end]'); if (end) end.submit(); };
    if (time) {
      const look = keepTime(time, finish);
      const ticket = (form && form.dataset.ticket) || time.dataset.ticket;
      if (ticket) keepInStep(ticket, look);
    }
    if (before) check(before);
    if (done) store.keys('x-exam-' + done.dataset.examDone + '-').forEach((key) => store.drop(key));
  }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
  else start();
}());
