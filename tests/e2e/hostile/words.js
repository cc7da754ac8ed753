// Behind the simulator's own script: every card is refused in words that want to be a page.
(() => {
  const make = window.Stripe;
  const words = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>';
  window.Stripe = (key) => Object.assign(make(key), {
    createPaymentMethod: async () => ({ error: { type: 'card_error', code: 'x', message: words } }),
  });
})();
