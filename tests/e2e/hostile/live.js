// Behind the simulator's own script: as with a live key, which is refused on a page that is not on https.
(() => {
  const make = window.Stripe;
  window.Stripe = (key) => {
    make('pk_live_x');
    return make(key);
  };
})();
