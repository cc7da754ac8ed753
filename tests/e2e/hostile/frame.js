// A page of nobody's trust, two frames deep in the bank's dialog: every way we know from a frame to the shell, to the
// page around it, to other windows and to this computer. COMMANDS is put in front by the test.
'use strict';

/** `posted`: messages that WebKit has taken from us for the shell. */
const report = { tries: 0, posted: 0, got: [], done: false };
window.report = report;

const soon = (work) => Promise.race([work, new Promise((_, late) => setTimeout(() => late(new Error('late')), 700))]);

async function attempt(name, act) {
  report.tries += 1;
  try {
    const got = await soon(Promise.resolve(act()));
    if (got) report.got.push(`${name}: ${String(got).slice(0, 120)}`);
  } catch { /* That is what should happen. */ }
}

const KEYS = ['', 'undefined', 'null', '0', '__TAURI_INVOKE_KEY__', '{{invoke_key}}', '-'.repeat(32), {}, null];

function byHandler(command) {
  const handlers = window.webkit && window.webkit.messageHandlers;
  for (const [name, handler] of [['ipc', handlers && handlers.ipc], ['external', window.external], ['window.ipc', window.ipc]]) {
    for (const key of KEYS) {
      attempt(`${name} ${command}`, () => {
        const message = { cmd: command, callback: 1, error: 2, payload: ARGS, options: {}, __TAURI_INVOKE_KEY__: key };
        handler.postMessage(typeof key === 'object' ? message : JSON.stringify(message));
        report.posted += name === 'ipc';
      });
    }
  }
}

async function byAddress(command) {
  for (const base of ['ipc://localhost/', 'http://ipc.localhost/', 'https://ipc.localhost/', 'tauri://localhost/']) {
    const headers = { 'Tauri-Callback': '1', 'Tauri-Error': '2', 'Tauri-Invoke-Key': 'x', 'Content-Type': 'application/json' };
    const ask = (how) => fetch(base + command, how).then((answer) => answer.ok && answer.text());
    await attempt(`fetch ${base}${command}`, () => ask({ method: 'POST', headers, body: JSON.stringify(ARGS) }));
    await attempt(`simple fetch ${base}${command}`, () => ask({ method: 'POST', mode: 'no-cors', body: '{}' }));
  }
}

const ARGS = {
  saleId: '1', shownTotal: 1, token: '1', paymentMethodId: 'pm_card_visa', mode: 'live', outcome: 'completed', search: '',
  before: null, limit: 10, publishable: 'pk_test_x', secret: 'sk_test_x', fullKeyAccepted: true,
};

function frameOf(source) {
  return new Promise((settle) => {
    const frame = document.createElement('iframe');
    frame.addEventListener('load', () => {
      // A page of the shell's would be readable only if it were ours.
      let text = '';
      try { text = frame.contentDocument ? frame.contentDocument.body.innerText : ''; } catch { text = ''; }
      settle(text);
    });
    frame.src = source;
    document.body.append(frame);
  });
}

function press(make) {
  const link = document.createElement('a');
  make(link);
  document.body.append(link);
  link.click();
}

async function everything() {
  for (const window_ of ['window', 'parent', 'top', 'opener']) {
    await attempt(`${window_}.__TAURI_INTERNALS__`, () => globalThis[window_].__TAURI_INTERNALS__);
    await attempt(`${window_}.__TAURI__`, () => globalThis[window_].__TAURI__);
    // The dialog around this page is of the same bank, and of no interest; the page around that is.
    const stranger = () => globalThis[window_] !== window && globalThis[window_].location.origin !== location.origin;
    await attempt(`${window_}.document`, () => stranger() && globalThis[window_].document.body.innerText);
    await attempt(`${window_}.location`, () => stranger() && globalThis[window_].location.href);
    await attempt(`${window_}.postMessage`, () => {
      for (const data of [{ cmd: 'charge' }, { outcome: 'authenticated' }, { nonce: '', news: 'submit' }, 'x']) {
        globalThis[window_].postMessage(data, '*');
      }
    });
  }
  for (const command of COMMANDS) {
    byHandler(command);
    await byAddress(command);
  }
  for (const place of ['file:///etc/passwd', 'tauri://localhost/index.html', 'ipc://localhost/till_view', 'about:srcdoc']) {
    await attempt(`frame ${place}`, () => frameOf(place));
  }
  for (const place of ['https://example.invalid/', 'tauri://localhost/', 'about:blank', 'file:///etc/passwd']) {
    await attempt(`window.open ${place}`, () => window.open(place));
    await attempt(`link _blank ${place}`, () => press((link) => { link.href = place; link.target = '_blank'; }));
    await attempt(`link _top ${place}`, () => press((link) => { link.href = place; link.target = '_top'; }));
    await attempt(`top.location ${place}`, () => { top.location.href = place; });
    await attempt(`top.location.replace ${place}`, () => { top.location.replace(place); });
  }
  await attempt('download', () => press((link) => { link.href = 'data:text/plain,x'; link.download = 'x.txt'; }));
  await attempt('camera', () => navigator.mediaDevices.getUserMedia({ video: true }));
  await attempt('place', () => new Promise((yes, no) => { navigator.geolocation.getCurrentPosition(yes, no); }));
  await attempt('notices', () => Notification.requestPermission().then((word) => word === 'granted'));
  await attempt('clipboard', () => navigator.clipboard.readText());
  await attempt('worker', () => navigator.serviceWorker.register('/3ds/challenge.js'));
  for (let time = 0; time < 10000; time += 1) {
    report.tries += 1;
    const message = { cmd: 'submit_card', callback: 1, error: 2, payload: ARGS, options: {}, __TAURI_INVOKE_KEY__: String(time) };
    try { window.webkit.messageHandlers.ipc.postMessage(JSON.stringify(message)); report.posted += 1; } catch { /* Good. */ }
  }
  report.done = true;
}

document.getElementById('leave').addEventListener('click', () => { top.location.href = 'https://example.invalid/'; });
if (document.body.dataset.attack === 'yes') everything();
