/* Passkeys: what the server asks stands in the page as JSON; what the browser signs goes back in a hidden field.
   A form with data-passkey="make" or "prove" is shown only where the browser can do it. */
(function () {
  'use strict';
  function bytes(text) {
    var plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
    var found = new Uint8Array(plain.length);
    for (var i = 0; i < plain.length; i++) found[i] = plain.charCodeAt(i);
    return found.buffer;
  }
  function text(buffer) {
    var plain = '';
    new Uint8Array(buffer).forEach(function (byte) { plain += String.fromCharCode(byte); });
    return btoa(plain).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  }
  function listed(keys) {
    return (keys || []).map(function (key) { return Object.assign({}, key, { id: bytes(key.id) }); });
  }
  function asked(form) {
    var options = JSON.parse(document.getElementById(form.dataset.asks).textContent).publicKey;
    options.challenge = bytes(options.challenge);
    if (options.user) options.user.id = bytes(options.user.id);
    if (options.excludeCredentials) options.excludeCredentials = listed(options.excludeCredentials);
    if (options.allowCredentials) options.allowCredentials = listed(options.allowCredentials);
    return { publicKey: options };
  }
  function told(key) {
    var response = {};
    ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'].forEach(function (name) {
      if (key.response[name]) response[name] = text(key.response[name]);
    });
    return JSON.stringify({
      id: key.id, rawId: text(key.rawId), type: key.type, response: response,
      clientExtensionResults: key.getClientExtensionResults()
    });
  }
  function go(form) {
    var keys = navigator.credentials;
    var ceremony = form.dataset.passkey === 'make' ? keys.create(asked(form)) : keys.get(asked(form));
    return ceremony.then(function (key) {
      form.querySelector('[name=credential]').value = told(key);
      form.dataset.signed = 'yes';
      form.submit();
    });
  }
  function begin() {
    document.querySelectorAll('form[data-passkey]').forEach(function (form) {
      var able = window.PublicKeyCredential && navigator.credentials && window.isSecureContext;
      var place = form.closest('[data-passkey-place]') || form;
      var unable = document.querySelector('[data-passkey-unable]');
      place.hidden = !able;
      if (unable) unable.hidden = able;
      form.querySelector('[data-passkey-go]').addEventListener('click', function () {
        if (form.reportValidity && !form.reportValidity()) return;
        var failed = form.querySelector('[data-passkey-failed]');
        failed.hidden = true;
        go(form).catch(function () { failed.hidden = false; });
      });
    });
  }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin);
  else begin();
}());
