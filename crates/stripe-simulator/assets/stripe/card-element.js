// An Element: a frame of the simulator's origin in the page, and what the page may say to it.

/** @typedef {'card' | 'cardNumber' | 'cardExpiry' | 'cardCvc' | 'postalCode'} ElementType */
/**
 * @typedef {import('@stripe/stripe-js').StripeCardElementOptions
 *   & Omit<import('@stripe/stripe-js').StripeCardNumberElementOptions, 'classes' | 'style'>} ElementOptions
 */

/** @type {Record<ElementType, string>} */
const TITLES = {
  card: 'Secure card payment input frame',
  cardNumber: 'Secure card number input frame',
  cardExpiry: 'Secure expiration date input frame',
  cardCvc: 'Secure CVC input frame',
  postalCode: 'Secure postal code input frame',
};
// The fields that the Elements beside a cardNumber hold, by the names that the frames have for them.
/** @type {Partial<Record<ElementType, string>>} */
const FIELDS = { cardExpiry: 'exp-date', cardCvc: 'cvc', postalCode: 'postal' };
const EVENTS = ['ready', 'change', 'focus', 'blur', 'escape', 'networkschange', 'loaderror'];
const CLASSES = {
  base: 'StripeElement',
  complete: 'StripeElement--complete',
  empty: 'StripeElement--empty',
  focus: 'StripeElement--focus',
  invalid: 'StripeElement--invalid',
  webkitAutofill: 'StripeElement--webkit-autofill',
};
// How long a frame that has loaded may take to say so before it counts as something else than our page.
const SILENCE_MS = 2000;

class CardElement {
  /**
   * `elements` made it; with several Elements for one card, the others are found there.
   * @param {Elements} elements @param {ElementType} type @param {ElementOptions} options
   */
  constructor(elements, type, options) {
    this.elements = elements;
    this.type = type;
    this.options = { ...options };
    /** @type {Map<string, ((event: any) => any)[]>} */
    this.listeners = new Map(EVENTS.map((name) => [name, []]));
    /** @type {Map<string, (result: any) => void>} */
    this.waiting = new Map();
    /** @type {{ empty: boolean, complete: boolean, error?: object }} */
    this.state = { empty: true, complete: false };
    this.focused = false;
    this.autofilled = false;
    /** @type {Frame | null} */
    this.frame = null;
    /** @type {HTMLElement | null} */
    this.mountNode = null;
    this.destroyed = false;
    /** @param {MouseEvent} event a click beside the fields, on the padding of the box, means the fields */
    this.clicked = (event) => event.target === this.mountNode && this.focus();
  }

  /** @param {string | HTMLElement} target */
  mount(target) {
    if (this.destroyed) throw new IntegrationError('This Element has already been destroyed. Please create a new one.');
    const node = typeof target === 'string' ? document.querySelector(target) : target;
    if (!(node instanceof HTMLElement)) {
      throw new IntegrationError(`The selector you specified (${target}) applies to no DOM elements that are currently on the page. Make sure the element exists on the page before calling mount().`);
    }
    if (this.mountNode === node) return;
    if (this.frame) this.unmount();
    this.mountNode = node;
    node.textContent = '';
    node.addEventListener('click', this.clicked);
    const { key, group } = this.elements;
    const frame = new Frame('/elements/card.html', TITLES[this.type], { key, element: this.type, group: this.type === 'card' ? undefined : group });
    this.frame = frame;
    let loaded = false;
    frame.heard = (message) => {
      loaded = true;
      this.hear(message);
    };
    frame.node.addEventListener('load', () => setTimeout(() => loaded || this.frame !== frame || this.failToLoad(), SILENCE_MS));
    Object.assign(frame.node.style, {
      border: '0', display: 'block', width: '100%', height: '1.2em', minWidth: '0', background: 'transparent',
      colorScheme: 'light', userSelect: 'none',
    });
    node.append(frame.node);
    this.paint();
  }

  failToLoad() {
    this.emit('loaderror', { error: { type: 'api_connection_error', message: CONNECTION_MESSAGE } });
  }

  unmount() {
    if (!this.frame || !this.mountNode) return;
    this.frame.remove();
    this.mountNode.removeEventListener('click', this.clicked);
    for (const names of Object.values(this.classes())) this.mountNode.classList.remove(...words(names));
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

  /** @param {ElementOptions} options */
  update(options) {
    // These two are for the beginning only.
    const { disableLink, preferredNetwork, classes, ...changeable } = options || {};
    if (classes && this.mountNode) {
      for (const names of Object.values(this.classes())) this.mountNode.classList.remove(...words(names));
    }
    Object.assign(this.options, changeable, classes && { classes });
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
    if (!this.frame) return;
    this.tell({ order: 'blur' });
    this.frame.node.blur();
  }

  /** @param {string} name @param {(event: any) => any} heard @returns {any} itself */
  on(name, heard) {
    const listeners = this.listeners.get(name);
    if (!listeners) throw new IntegrationError(`Invalid event name: ${name}. The events are ${EVENTS.join(', ')}.`);
    listeners.push(heard);
    return this;
  }

  /** @param {string} name @param {(event: any) => any} heard @returns {any} itself */
  once(name, heard) {
    /** @param {any} event */
    const first = (event) => {
      this.off(name, first);
      heard(event);
    };
    return this.on(name, first);
  }

  /** @param {string} name @param {(event: any) => any} [heard] all, if none is given @returns {any} itself */
  off(name, heard) {
    const kept = (this.listeners.get(name) || []).filter((known) => heard && known !== heard);
    this.listeners.set(name, kept);
    return this;
  }

  /**
   * Asks the frame to make a payment method (`create`) or a token; the number stays there.
   * @param {'create' | 'token'} order @param {object} params @returns {Promise<any>}
   */
  ask(order, params) {
    if (!this.frame) throw new IntegrationError('We could not retrieve data from the specified Element. Please make sure the Element you are attempting to use is still mounted.');
    const id = nonce();
    // The fields of this card that are in frames of their own.
    const others = this.type === 'card' ? [] : this.elements.mounted().filter((type) => type !== this.type);
    this.tell({ order, params, id, others: others.map((type) => FIELDS[type]) });
    return new Promise((settle) => this.waiting.set(id, settle));
  }

  /** @param {string} name @param {object} event */
  emit(name, event) {
    for (const heard of this.listeners.get(name) || []) heard({ elementType: this.type, ...event });
  }

  /** @param {Message} message */
  tell(message) {
    if (this.frame) this.frame.say(message);
  }

  /** @param {Message} message */
  hear(message) {
    switch (message.news) {
      case 'loaded':
        return this.tell({ order: 'options', options: this.frameOptions(), first: true });
      case 'ready':
        return this.emit('ready', {});
      case 'height':
        if (this.frame) this.frame.node.style.height = `${message.height}px`;
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
      case 'networks':
        return this.emit('networkschange', {});
      case 'autofill':
        this.autofilled = message.on;
        return this.paint();
      case 'submit':
        return this.submit();
      case 'created':
        this.waiting.get(message.id)?.(message.result);
        this.waiting.delete(message.id);
    }
  }

  // Enter in a field submits the form around the Element, as it would from an ordinary input.
  submit() {
    this.mountNode?.closest('form')?.requestSubmit();
  }

  /** @returns {object} what can cross into the frame */
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
    const on = {
      base: true, empty: this.state.empty, complete: this.state.complete, invalid: Boolean(this.state.error),
      focus: this.focused, webkitAutofill: this.autofilled,
    };
    for (const [state, is] of Object.entries(on)) {
      for (const name of words(names[/** @type {keyof typeof on} */ (state)])) this.mountNode.classList.toggle(name, is);
    }
  }
}

/** A page may name several classes at once. @param {string} names */
const words = (names) => names.split(/\s+/).filter(Boolean);
