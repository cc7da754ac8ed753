// What the page may ask for.

let options = {};
const orders = { options: setOptions, clear, focus: () => firstOpen().focus(), blur: () => document.activeElement.blur(), create, token };

window.addEventListener('message', (event) => {
  const trusted = event.source === parent && (pageOrigin === '*' || event.origin === pageOrigin);
  if (!trusted || !event.data || event.data.nonce !== hello.nonce) return;
  const order = orders[event.data.order];
  if (order) order(event.data);
});

function clear() {
  for (const input of inputs) {
    input.value = '';
    delete input.dataset.left;
  }
  tellChange();
}

function setOptions(order) {
  options = order.options;
  for (const input of all) input.hidden = !inputs.includes(input);
  if (!alone) postal.hidden = Boolean(options.hidePostalCode);
  icon.hidden = alone ? !(options.showIcon && hasNumber) : Boolean(options.hideIcon);
  if (alone && options.placeholder !== undefined) inputs[0].placeholder = options.placeholder;
  form.classList.toggle('alone', alone);
  for (const input of inputs) input.disabled = Boolean(options.disabled);
  const given = alone ? options.value : options.value && options.value.postalCode;
  if (typeof given === 'string' && inputs.includes(postal)) postal.value = given;
  applyStyle(options.style || {});
  tell({ news: 'height', height: Math.max(shown()[0].offsetHeight, 20) });
  tellChange();
  if (order.first) {
    ready = true;
    tell({ news: 'ready' });
  }
}

new ResizeObserver(() => paint(shown())).observe(form);
number.addEventListener('transitionend', () => paint(shown()));
tell({ news: 'loaded' });
