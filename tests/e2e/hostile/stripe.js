// A Stripe.js that has turned on its host: it runs in the card page itself and can call the shell as the page can. It
// stands behind the simulator's own script, so that the page works as ever. COMMANDS is put in front by the test.
'use strict';
(() => {
  const invoke = (command, args, options) => window.__TAURI_INTERNALS__.invoke(command, args, options);
  const report = { tries: 0, got: [], done: false };

  async function attempt(command, args) {
    report.tries += 1;
    try {
      const got = await invoke(command, args);
      report.got.push(`${command} ${JSON.stringify(args)}: ${JSON.stringify(got)}`.slice(0, 300));
    } catch { /* That is what should happen. */ }
  }

  const CORE = [
    'plugin:event|listen', 'plugin:event|emit', 'plugin:event|emit_to', 'plugin:window|get_all_windows', 'plugin:window|close',
    'plugin:window|create', 'plugin:window|set_title', 'plugin:webview|create_webview_window', 'plugin:webview|create_webview',
    'plugin:webview|internal_toggle_devtools', 'plugin:webview|get_all_webviews', 'plugin:app|version', 'plugin:app|name',
    'plugin:path|resolve_directory', 'plugin:resources|close', 'plugin:menu|new', 'plugin:tray|new', 'plugin:image|new',
    'plugin:shell|open', 'plugin:shell|execute', 'plugin:fs|read_file', 'plugin:http|fetch', 'plugin:process|exit', 'plugin:opener|open_url',
  ];

  const ARGUMENTS = (sale) => [
    {}, { saleId: sale }, { saleId: sale, shownTotal: 1 }, { saleId: sale, total: 1, note: '', phoneOrder: false, authoriseOnly: false },
    { mode: 'live' }, { search: '', before: null, limit: 200 },
    { publishable: 'pk_test_x', secret: 'sk_test_x', fullKeyAccepted: true },
    { event: 'till-changed', target: { kind: 'Any' }, handler: 1, payload: {} },
  ];

  window.attackTheTill = async () => {
    const view = await invoke('card_view');
    for (const command of [...COMMANDS, ...CORE]) {
      for (const args of ARGUMENTS(view.payment.saleId)) await attempt(command, args);
    }
    report.done = true;
    return report;
  };

  // Wrong, used and foreign rights to the commands that are the card window's own.
  window.attackTheToken = async (otherSale) => {
    const { token } = (await invoke('card_view')).payment;
    const pm = { paymentMethodId: 'pm_card_visa' };
    const forged = ['', '0', 'null', token.slice(1), `${token}0`, token.split('').reverse().join(''), '0'.repeat(token.length), `${token}\n`];
    for (const one of forged) {
      await attempt('submit_card', { token: one, ...pm });
      await attempt('authentication', { token: one });
      await attempt('card_action_done', { token: one, outcome: 'completed' });
    }
    for (const id of ['../refunds', 'pi_1', 'pm_1&amount=1', 'pm_1?expand[]=x', '', 'x'.repeat(5000), 'pm_1\r\nX: y']) {
      await attempt('submit_card', { token, paymentMethodId: id });
    }
    for (const sale of [otherSale, '', '0', '../x']) {
      await attempt('card_check_now', { saleId: sale });
      await attempt('card_cancel', { saleId: sale });
    }
    report.done = true;
    return report;
  };

  // The one thing it can do: pay this very sale, at its own amount, once.
  window.payTenTimes = async () => {
    const { token } = (await invoke('card_view')).payment;
    const one = () => invoke('submit_card', { token, paymentMethodId: 'pm_card_visa', amount: 1, shownTotal: 1, currency: 'jpy' });
    const ends = await Promise.allSettled(Array.from({ length: 10 }, one));
    return ends.filter((end) => end.status === 'fulfilled').length;
  };

  // Counted one by one: the promise of them all was lost by WebKit on a busy machine, though each call was answered.
  window.flood = () => {
    window.flooded = { taken: 0, refused: 0 };
    for (let at = 0; at < 10000; at += 1) {
      invoke('submit_card', { token: String(at), paymentMethodId: 'pm_card_visa' })
        .then(() => { window.flooded.taken += 1; }, () => { window.flooded.refused += 1; });
    }
  };
})();
