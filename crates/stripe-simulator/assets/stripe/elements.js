// `stripe.elements()`: the Elements of one card.

class Elements {
  /** @param {string} key */
  constructor(key) {
    this.key = key;
    this.group = nonce();
    /** @type {Partial<Record<ElementType, CardElement>>} */
    this.made = {};
  }

  /** @param {string} wanted @param {Message} [options] @returns {any} the Element of that type */
  create(wanted, options = {}) {
    if (!(wanted in TITLES)) throw new IntegrationError(`The simulator's Elements play ${Object.keys(TITLES).join(', ')}, not '${wanted}'.`);
    const type = /** @type {ElementType} */ (wanted);
    if (this.getElement(type)) throw new IntegrationError(`Can only create one Element of type ${type} through the same Elements instance.`);
    const there = /** @type {ElementType[]} */ (Object.keys(this.made)).filter((other) => this.getElement(other));
    if (there.some((other) => (other === 'card') !== (type === 'card'))) {
      throw new IntegrationError(`Cannot create an Element of type ${type} beside one of type ${there[0]}: a card is one Element, or one for each of its parts.`);
    }
    const element = new CardElement(this, type, options);
    this.made[type] = element;
    return element;
  }

  /** @param {string} type @returns {any} the Element of that type, or null */
  getElement(type) {
    const element = this.made[/** @type {ElementType} */ (type)];
    return element && !element.destroyed ? element : null;
  }

  /** @returns {ElementType[]} */
  mounted() {
    const types = /** @type {ElementType[]} */ (Object.keys(this.made));
    return types.filter((type) => this.getElement(type)?.frame);
  }

  // A card Element is styled by its own options, and knows its amount from nobody.
  async update() {}
  on() {}
  async fetchUpdates() { return {}; }
  async submit() { return {}; }
}

/**
 * An Element that stands for a card: the whole of it, or its number.
 * @param {unknown} element @returns {element is CardElement}
 */
const isCard = (element) => element instanceof CardElement && ['card', 'cardNumber'].includes(element.type);
