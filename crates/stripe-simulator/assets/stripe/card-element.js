// An Element: a frame of the simulator's origin in the page, and what the page may say to it.

const TITLES = {
  card: 'Secure card payment input frame',
  cardNumber: 'Secure card number input frame',
  cardExpiry: 'Secure expiration date input frame',
  cardCvc: 'Secure CVC input frame',
  postalCode: 'Secure postal code input frame',
};
// The fields that the Elements beside a cardNumber hold, by the names that the frames have for them.
const FIELDS = { cardExpiry: 'exp-date', cardCvc: 'cvc', postalCode: 'postal' };

class CardElement {
  // `elements` made it; with several Elements for one card, the others are found there.
  constructor(elements, type, options) {
    this.key = elements.key;
    this.elements = elements;
    this.type = type;
    this.options = { ...options };
    this.listeners = new Map(EVENTS.map((name) => [name, []]));
    this.waiting = new Map();
    this.state = { empty: true, complete: false };
    this.focused = false;
    this.frame = null;
    this.mountNode = null;
    this.destroyed = false;
  }

  mount(target) {
    if (this.destroyed) throw new IntegrationError('This Element has already been destroyed. Please create a new one.');
    const node = typeof target === 'string' ? document.querySelector(target) : target;
    if (!node) throw new IntegrationError(`The selector you specified (${target}) applies to no DOM elements that are currently on the page.`);
    if (this.mountNode === node) return;
    if (this.frame) this.unmount();
    this.mountNode = node;
    node.textContent = '';
    const { key, type } = this;
    const group = type === 'card' ? undefined : this.elements.group;
    this.frame = new Frame('/elements/card.html', TITLES[type], { key, element: type, group });
    this.frame.heard = (message) => this.hear(message);
    this.frame.node.addEventListener('error', () => this.emit('loaderror', { error: { type: 'api_connection_error' } }));
    Object.assign(this.frame.node.style, {
      border: '0', display: 'block', width: '100%', height: '1.2em', minWidth: '0', background: 'transparent',
      colorScheme: 'light', userSelect: 'none',
    });
    // A click beside the fields, on the padding of the box, means the fields.
    this.clicked = (event) => event.target === node && this.focus();
    node.addEventListener('click', this.clicked);
    node.append(this.frame.node);
    this.paint();
  }

  unmount() {
    if (!this.frame) return;
    this.frame.remove();
    this.mountNode.removeEventListener('click', this.clicked);
    this.mountNode.classList.remove(...Object.values(this.classes()));
    for (const settle of this.waiting.values()) settle({ error: { type: 'api_error', message: 'The card Element was removed.' } });
    this.waiting.clear();
    this.frame = null;
    this.mountNode = null;
    this.state = { empty: true, complete: false };
    this.focused = false;
  }

  destroy() {
    this.unmount();
    this.destroyed = true;
    for (const name of EVENTS) this.listeners.set(name, []);
  }

  update(options) {
    const { disableLink, preferredNetwork, ...changeable } = options || {};
    Object.assign(this.options, changeable);
    this.tell({ order: 'options', options: this.frameOptions() });
    this.paint();
    return this;
  }

  clear() {
    this.tell({ order: 'clear' });
  }

  focus() {
    if (!this.frame) return;
    this.frame.node.focus();
    this.tell({ order: 'focus' });
  }

  blur() {
    this.tell({ order: 'blur' });
  }

  on(name, heard) {
    if (!this.listeners.has(name)) throw new IntegrationError(`Invalid event name: ${name}.`);
    this.listeners.get(name).push(heard);
    return this;
  }

  once(name, heard) {
    const first = (event) => {
      this.off(name, first);
      heard(event);
    };
    return this.on(name, first);
  }

  off(name, heard) {
    const kept = (this.listeners.get(name) || []).filter((known) => heard && known !== heard);
    this.listeners.set(name, kept);
    return this;
  }

  // Asks the frame to make a payment method; the number stays there.
  create(data) {
    return this.ask({ order: 'create', billing_details: data.billing_details || {}, metadata: data.metadata || {} });
  }

  // The same, for a token.
  token(data) {
    return this.ask({ order: 'token', data });
  }

  ask(order) {
    if (!this.frame) throw new IntegrationError('We could not retrieve data from the specified Element. Please make sure the Element you are attempting to use is still mounted.');
    const id = nonce();
    // The fields of this card that are in frames of their own.
    const others = Object.keys(FIELDS).filter((type) => type !== this.type && this.elements.isMounted(type));
    this.tell({ ...order, id, others: this.type === 'card' ? [] : others.map((type) => FIELDS[type]) });
    return new Promise((settle) => this.waiting.set(id, settle));
  }

  emit(name, event) {
    for (const heard of [...this.listeners.get(name)]) heard({ elementType: this.type, ...event });
  }

  tell(message) {
    if (this.frame) this.frame.say(message);
  }

  hear(message) {
    switch (message.news) {
      case 'loaded':
        return this.tell({ order: 'options', options: this.frameOptions(), first: true });
      case 'ready':
        return this.emit('ready', {});
      case 'height':
        this.frame.node.style.height = `${message.height}px`;
        return;
      case 'change':
        this.state = message.state;
        this.paint();
        return this.emit('change', message.state);
      case 'focus':
      case 'blur':
        this.focused = message.news === 'focus';
        this.paint();
        return this.emit(message.news, {});
      case 'escape':
        return this.emit('escape', {});
      case 'submit':
        return this.submit();
      case 'created': {
        const settle = this.waiting.get(message.id);
        this.waiting.delete(message.id);
        if (settle) settle(message.result);
      }
    }
  }

  // Enter in a field submits the form around the Element, as it would from an ordinary input.
  submit() {
    const form = this.mountNode.closest('form');
    if (form) form.requestSubmit();
  }

  frameOptions() {
    const { style, hidePostalCode, disabled, hideIcon, iconStyle, value, placeholder, showIcon } = this.options;
    return JSON.parse(JSON.stringify({ style, hidePostalCode, disabled, hideIcon, iconStyle, value, placeholder, showIcon }));
  }

  classes() {
    return { ...CLASSES, ...this.options.classes };
  }

  paint() {
    if (!this.mountNode) return;
    const names = this.classes();
    const list = this.mountNode.classList;
    list.add(names.base);
    list.toggle(names.empty, this.state.empty);
    list.toggle(names.complete, this.state.complete);
    list.toggle(names.invalid, Boolean(this.state.error));
    list.toggle(names.focus, this.focused);
  }
}
