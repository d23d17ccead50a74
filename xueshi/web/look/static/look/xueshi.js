/* Xueshi's one small script. Every page works without it but for what is said here:
   大字 kept in the browser, the read-back of identity numbers, dialogs, the guard against second
   clicks, what htmx does when something fails, the password eye, printing, the server's clock.
   Floor: Chromium 86, Safari 14, Firefox 90. No inline code anywhere: wiring is by data attributes. */
(function () {
  'use strict';
  var html = document.documentElement;

  /* 大字: the only preference kept in the browser; everything else lives on the server. */
  function size(value) {
    try {
      if (value === undefined) return localStorage.getItem('size');
      localStorage.setItem('size', value);
    } catch (blocked) { /* a browser that keeps nothing still shows the page */ }
    return value;
  }
  if (size() === 'large') html.dataset.size = 'large';

  function words(name, facts) {
    var kept = document.getElementById('x-words');
    var said = (kept && kept.dataset[name]) || '';
    Object.keys(facts || {}).forEach(function (key) { said = said.split('{' + key + '}').join(facts[key]); });
    return said;
  }

  function element(tag, css, text) {
    var made = document.createElement(tag);
    if (css) made.className = css;
    if (text) made.textContent = text;
    return made;
  }

  function icon(name) {
    var any = document.querySelector('svg.x-i use');
    var svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    var use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
    svg.setAttribute('class', 'x-i');
    svg.setAttribute('aria-hidden', 'true');
    if (any) use.setAttribute('href', any.getAttribute('href').split('#')[0] + '#i-' + name);
    svg.appendChild(use);
    return svg;
  }

  /* A notice at the head of the page, for what the server could not say itself. */
  function notice(text, again) {
    var place = document.getElementById('notices');
    if (!place) return;
    var old = place.querySelector('[data-by-script]');
    if (old) old.remove();
    var box = element('div', 'x-notice x-bad');
    box.setAttribute('role', 'alert');
    box.setAttribute('data-by-script', '');
    box.appendChild(icon('wifi-off'));
    var inside = element('div');
    inside.appendChild(element('p', '', text));
    box.appendChild(inside);
    if (again) {
      var button = element('button', 'btn btn-sm', words('again'));
      button.type = 'button';
      button.addEventListener('click', function () { box.remove(); again(); });
      box.appendChild(button);
    }
    place.appendChild(box);
    if (box.scrollIntoView) box.scrollIntoView({ block: 'nearest' });
  }

  /* The server's clock. The offset is taken when the page arrives; scripts ask xueshi.now(). */
  var offset = 0;
  function now() { return new Date(Date.now() + offset); }
  function two(n) { return (n < 10 ? '0' : '') + n; }
  function keepClock() {
    var shown = document.querySelector('[data-server-clock]');
    if (!shown) return;
    offset = Date.parse(shown.getAttribute('datetime')) - Date.now();
    setInterval(function () {  /* whole minutes, and only the time of day: nothing ticks */
      var there = new Date(now().getTime() + 8 * 3600e3);  /* Shanghai knows no summer time */
      var time = two(there.getUTCHours()) + ':' + two(there.getUTCMinutes());
      shown.textContent = shown.textContent.replace(/\d\d:\d\d(?!.*\d\d:\d\d)/, time);
    }, 20000);
  }

  /* Identity numbers are read back in four parts while they are typed. The server decides. */
  var WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  function readId(typed) {
    var v = typed.replace(/[\s\u3000]/g, '').toUpperCase().replace(/[０-９Ｘ]/g, function (c) {
      return String.fromCharCode(c.charCodeAt(0) - 0xfee0);
    });
    var old = v.length === 15;
    var born = old ? '19' + v.slice(6, 12) : v.slice(6, 14);
    var order = old ? v.slice(12, 15) : v.slice(14, 17);
    var y = +born.slice(0, 4), m = +born.slice(4, 6), d = +born.slice(6, 8);
    var real = new Date(Date.UTC(y, m - 1, d));
    var isDay = born.length === 8 && real.getUTCMonth() === m - 1 && real.getUTCDate() === d;
    var sum = 0, check = '';
    if (/^\d{17}/.test(v)) {
      for (var i = 0; i < 17; i++) sum += WEIGHTS[i] * +v[i];
      check = '10X98765432'[sum % 11];
    }
    return { v: v, old: old, born: born, y: y, m: m, d: d, isDay: isDay, order: order, check: check, given: v.slice(17, 18) };
  }
  function showId(field) {
    var list = document.querySelector('[data-id4="' + field.id + '"]');
    var said = document.querySelector('[data-id4-said="' + field.id + '"]');
    if (!list) return;
    var id = readId(field.value);
    list.textContent = '';
    list.hidden = id.v.length < 6;
    if (list.hidden) { if (said) said.textContent = ''; return; }
    function part(digits, text, wrong) {
      var item = element('li', wrong ? 'no' : '');
      item.appendChild(element('b', '', digits || '·'));
      item.appendChild(document.createTextNode(text));
      list.appendChild(item);
    }
    var born = id.isDay ? words('born', { y: id.y, m: id.m, d: id.d }) : '';
    var full = id.born.length === 8 && (id.old || id.v.length >= 14);
    part(id.v.slice(0, 6), words('area'));
    part(id.old ? id.v.slice(6, 12) : id.v.slice(6, 14), born || (full ? words('nodate') : ''), full && !id.isDay);
    if (id.order.length === 3) part(id.order, words(+id.order[2] % 2 ? 'male' : 'female'));
    var wrong = id.given && id.check && id.given !== id.check;
    if (id.old) part('', words('old'));
    else if (id.given && id.check) part(id.given, wrong ? words('should', { c: id.check }) : words('checked'), wrong);
    if (said) said.textContent = wrong ? words('wrong', { c: id.check, g: id.given }) : (id.given ? born + ' ' + words('checked') : '');
  }

  /* Dialogs: [data-open="id"] opens, [data-close] closes. Where <dialog> is unknown it stands in the page. */
  function open(dialog) { if (dialog.showModal) dialog.showModal(); else dialog.setAttribute('open', ''); }
  function close(dialog) { if (dialog.close) dialog.close(); else dialog.removeAttribute('open'); }

  /* Asks before a form or a htmx request: title = data-confirm, button = data-confirm-yes. */
  function ask(text, yes, then) {
    var dialog = element('dialog', 'x-ask');
    var title = element('h2', '', text);
    title.id = 'x-ask-title';
    dialog.setAttribute('aria-labelledby', title.id);
    var row = element('div', 'x-row mt-3');
    var go = element('button', 'btn btn-primary', yes || words('yes'));
    var back = element('button', 'btn', words('no'));
    go.type = back.type = 'button';
    go.addEventListener('click', function () { close(dialog); dialog.remove(); then(true); });
    back.addEventListener('click', function () { close(dialog); dialog.remove(); then(false); });
    dialog.addEventListener('cancel', function () { dialog.remove(); then(false); });
    row.appendChild(go);
    row.appendChild(back);
    dialog.appendChild(title);
    dialog.appendChild(row);
    document.body.appendChild(dialog);
    open(dialog);
    back.focus();
  }

  /* A second click does nothing: the first one has taken the button, and the button says so. */
  function guard(form, button) {
    form.dataset.sent = 'yes';
    setTimeout(function () {  /* after the browser has taken name and value of the button */
      if (!button || button.disabled) return;
      button.dataset.words = button.textContent;
      button.disabled = true;
      button.textContent = button.dataset.busy || words('busy');
    }, 0);
  }
  function release() {
    document.querySelectorAll('form[data-sent]').forEach(function (form) { delete form.dataset.sent; });
    document.querySelectorAll('button[data-words]').forEach(function (button) {
      button.disabled = false;
      button.textContent = button.dataset.words;
      delete button.dataset.words;
    });
  }

  var pressed = null;  /* for browsers that do not name the submitter */
  document.addEventListener('click', function (event) { pressed = event.target.closest ? event.target.closest('button') : null; }, true);

  document.addEventListener('submit', function (event) {
    var form = event.target;
    var button = event.submitter || (pressed && pressed.form === form ? pressed : form.querySelector('button:not([type=button])'));
    var asks = (button && button.dataset.confirm) || form.dataset.confirm;
    if (form.method === 'dialog') return;
    if (form.dataset.sent) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    if (asks && form.dataset.asked !== 'yes') {
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(asks, (button && button.dataset.confirmYes) || form.dataset.confirmYes || (button && button.textContent.trim()), function (yes) {
        if (!yes) { if (button) button.focus(); return; }
        form.dataset.asked = 'yes';
        if (form.requestSubmit) form.requestSubmit(button || undefined);
        else { keepButton(form, button); form.submit(); }
      });
      return;
    }
    delete form.dataset.asked;
    var byHtmx = form.hasAttribute('hx-post') || form.hasAttribute('hx-get') || (button && button.hasAttribute('hx-post'));
    if (form.method === 'post' && !byHtmx && !form.hasAttribute('data-many') && !form.target) guard(form, button);
  }, true);
  function keepButton(form, button) {  /* form.submit() would forget which button was pressed */
    if (!button || !button.name) return;
    var kept = element('input');
    kept.type = 'hidden';
    kept.name = button.name;
    kept.value = button.value;
    form.appendChild(kept);
  }
  window.addEventListener('pageshow', function (event) { if (event.persisted) release(); });

  document.addEventListener('click', function (event) {
    var at = event.target.closest ? event.target.closest('[data-size-switch],[data-eye],[data-print],[data-open],[data-close],[aria-disabled=true],[data-reload]') : null;
    if (!at) return;
    if (at.getAttribute('aria-disabled') === 'true') { event.preventDefault(); event.stopPropagation(); return; }
    if (at.hasAttribute('data-size-switch')) {
      var large = html.dataset.size !== 'large';
      html.dataset.size = size(large ? 'large' : 'normal');
      at.setAttribute('aria-pressed', large);
    } else if (at.hasAttribute('data-eye')) {
      var field = document.getElementById(at.dataset.eye);
      var shown = field.type === 'text';
      field.type = shown ? 'password' : 'text';
      at.setAttribute('aria-pressed', !shown);
      at.setAttribute('aria-label', words(shown ? 'show' : 'hide'));
    } else if (at.hasAttribute('data-print')) {
      event.preventDefault();
      window.print();
    } else if (at.hasAttribute('data-reload')) {
      location.reload();
    } else if (at.hasAttribute('data-open')) {
      var dialog = document.getElementById(at.dataset.open);
      if (dialog) open(dialog);
    } else if (at.hasAttribute('data-close')) {
      var near = at.closest('dialog');
      if (near) close(near);
    }
  });
  document.addEventListener('input', function (event) {
    if (event.target.hasAttribute('data-idcard')) showId(event.target);
  });
  document.addEventListener('change', function (event) {  /* the chosen answer shows its frame */
    var option = event.target.closest('.x-opt');
    if (!option) return;
    document.getElementsByName(event.target.name).forEach(function (input) {
      var label = input.closest('.x-opt');
      if (label) label.classList.toggle('x-on', input.checked);
    });
  });
  document.addEventListener('toggle', function (event) {  /* the phone's menu closes at Escape and elsewhere */
    var menu = event.target;
    if (!menu.classList || !menu.classList.contains('x-menu') || !menu.open) return;
    function away(e) {
      if (e.type === 'keydown' ? e.key !== 'Escape' : menu.contains(e.target)) return;
      menu.open = false;
      if (e.type === 'keydown') menu.querySelector('summary').focus();
      document.removeEventListener('click', away);
      document.removeEventListener('keydown', away);
    }
    document.addEventListener('click', away);
    document.addEventListener('keydown', away);
  }, true);

  /* htmx: 4xx answers are words for the reader and are shown; 5xx and silence leave the page as it is. */
  document.addEventListener('htmx:confirm', function (event) {
    var source = event.detail.ctx.sourceElement;
    event.preventDefault();
    ask(event.detail.ctx.confirm, source.dataset.confirmYes || source.textContent.trim(), function (yes) {
      if (yes) event.detail.issueRequest(); else { event.detail.dropRequest(); source.focus(); }
    });
  });
  document.addEventListener('htmx:response:error', function (event) {
    if (event.detail.ctx.response.status >= 500) notice(words('broken'));
  });
  document.addEventListener('htmx:error', function (event) {
    if (!event.detail.ctx || !event.detail.ctx.request) return;  /* a mistake in a page, not the line */
    if (/^[A-Za-z]*SyntaxError/.test(String(event.detail.error))) return;
    notice(words('offline'));
  });
  document.addEventListener('htmx:before:request', function () {
    var old = document.querySelector('#notices [data-by-script]');
    if (old) old.remove();
  });
  document.addEventListener('htmx:after:swap', function (event) {
    var ctx = event.detail && event.detail.ctx;
    var place = document.getElementById('notices');
    if (place && ctx && (ctx.target === place || ctx.target === '#notices')) place.scrollIntoView({ block: 'nearest' });
    begin(document);
  });

  /* What has to be set up in a page or in a fragment that has just arrived. */
  function begin(root) {
    root.querySelectorAll('[data-eye], [data-by-script-only]').forEach(function (one) { one.hidden = false; });
    root.querySelectorAll('input[data-idcard]').forEach(showId);
    var first = root.querySelector('[data-focus]:not([data-focused])');
    if (first) { first.setAttribute('data-focused', ''); first.focus(); }
  }
  function start() {
    var button = document.querySelector('[data-size-switch]');
    if (button) {
      button.hidden = false;
      button.setAttribute('aria-pressed', html.dataset.size === 'large');
    }
    keepClock();
    begin(document);
  }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
  else start();

  window.xueshi = { now: now, words: words, notice: notice, ask: ask, open: open, close: close, icon: icon };
}());
