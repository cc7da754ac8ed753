import type { CardView } from "./bindings/CardView";

const BRANDS: Readonly<Record<string, string>> = {
  visa: "Visa",
  mastercard: "Mastercard",
  amex: "American Express",
  discover: "Discover",
  diners: "Diners Club",
  jcb: "JCB",
  unionpay: "UnionPay",
  cartes_bancaires: "Cartes Bancaires",
  eftpos_au: "eftpos",
  interac: "Interac",
  link: "Link",
};

export function brandName(brand: string): string {
  return Object.hasOwn(BRANDS, brand) ? (BRANDS[brand] ?? brand) : "Card";
}

/** `Visa ending 4242` */
export function cardInWords(card: CardView): string {
  return `${brandName(card.brand)} ending ${card.last4}`;
}

/** `Visa 4242`, for lists. */
export function cardInShort(card: CardView): string {
  const brand = card.brand === "amex" ? "Amex" : brandName(card.brand);
  return `${brand} ${card.last4}`;
}

/** When the bank charged another card of this sale than the one that was typed last, as after a late answer. */
export function anotherCardSentence(card: CardView): string {
  return `The card that was charged is the ${cardInWords(card)}, not the one that was typed last.`;
}
