// 3-D Secure: the bank's page over the shop's, until somebody has answered it.

// How often an open dialog looks whether the bank was answered elsewhere, such as in its app.
const LOOK_MS = 1500;

/** @typedef {'authenticated' | 'refused' | 'elsewhere'} BankAnswer */

// Whether the page around us is dark, so that the dialog is too.
function isDark() {
  for (const node of [document.body, document.documentElement]) {
    const [r = 0, g = 0, b = 0, alpha = 1] = (getComputedStyle(node).backgroundColor.match(/[\d.]+/g) || [0, 0, 0, 0]).map(Number);
    if (alpha > 0.5) return r * 0.3 + g * 0.59 + b * 0.11 < 128;
  }
  return matchMedia('(prefers-color-scheme: dark)').matches;
}

/**
 * Shows the bank's page over everything until it is answered. A modal `<dialog>` stands above the page's own dialogs,
 * makes the rest unreachable, and gives the focus back.
 * @param {{ amount?: number, currency?: string }} intent
 * @param {() => Promise<boolean>} isAnswered
 * @returns {Promise<BankAnswer>}
 */
function askCustomer(intent, isAnswered) {
  const frame = new Frame('/3ds/dialog.html', 'Secure 3D Secure frame', {
    amount: intent.amount, currency: intent.currency, dark: isDark(),
  });
  Object.assign(frame.node.style, { display: 'block', width: '100%', height: '100%', border: '0', background: 'transparent', colorScheme: 'light' });
  const dialog = document.createElement('dialog');
  dialog.setAttribute('aria-label', '3-D Secure');
  Object.assign(dialog.style, {
    position: 'fixed', inset: '0', width: '100%', height: '100%', maxWidth: 'none', maxHeight: 'none', margin: '0', padding: '0',
    border: '0', background: 'transparent', overflow: 'hidden',
  });
  const before = document.activeElement;
  dialog.append(frame.node);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((settle) => {
    /** @param {BankAnswer} answer */
    const finish = (answer) => {
      clearInterval(looking);
      frame.remove();
      dialog.close();
      dialog.remove();
      if (before instanceof HTMLElement) before.focus();
      settle(answer);
    };
    const looking = setInterval(async () => {
      if ((await isAnswered()) && dialog.open) finish('elsewhere');
    }, LOOK_MS);
    frame.heard = ({ outcome }) => {
      if (outcome !== 'loaded') return finish(outcome === 'authenticated' ? 'authenticated' : 'refused');
      frame.node.focus();
      frame.say({ focus: true });
    };
    // Escape, while the focus is not in the frame.
    dialog.addEventListener('cancel', (event) => {
      event.preventDefault();
      finish('refused');
    });
  });
}
