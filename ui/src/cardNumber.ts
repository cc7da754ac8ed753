import { digitValue } from "./digits";

/*
 * A card's number in a free text would stay in the journal for good and go to Stripe as a description. It is found however
 * it is written: in the digits of any script, in groups, with a date and a code beside it. The shell has the same rule,
 * and both are held against the same examples.
 */

/** What is said in place of the text. */
export const CARD_NUMBER_HERE =
  "A card number stands here. Card numbers belong in the card window only. The field was emptied.";

const SHORTEST = 13;
const LONGEST = 19;
/** So many characters between two groups of digits leave them one number. */
const MOST_BETWEEN = 3;

export function holdsCardNumber(text: string): boolean {
  return runs(text).some(isCard);
}

/** The digits of a text, each run on its own: a letter ends one, and so does more than a few other characters. */
function runs(text: string): number[][] {
  const all: number[][] = [];
  let run: number[] = [];
  let between = 0;
  for (const char of text) {
    const digit = digitValue(char);
    if (digit !== null) {
      if (between > MOST_BETWEEN) all.push((run = []));
      else if (run.length === 0) all.push(run);
      run.push(digit);
      between = 0;
    } else if (/\p{Alphabetic}/u.test(char)) between = Infinity;
    else if (!/\p{Cf}/u.test(char)) between += 1;
  }
  return all;
}

function isCard(run: number[]): boolean {
  if (run.length >= SHORTEST && run.length <= LONGEST && passesLuhn(run)) return true;
  for (let from = 0; from + SHORTEST <= run.length; from += 1) {
    for (let length = SHORTEST; length <= LONGEST && from + length <= run.length; length += 1) {
      if (beginsLikeACard(run[from], length) && passesLuhn(run.slice(from, from + length))) return true;
    }
  }
  return false;
}

/** Fourteen and fifteen digits are Diners Club and American Express, which begin with 3. */
function beginsLikeACard(first: number | undefined, length: number): boolean {
  if (first === undefined) return false;
  return length === 14 || length === 15 ? first === 3 : first >= 2 && first <= 6;
}

function passesLuhn(digits: readonly number[]): boolean {
  const sum = digits.reduceRight((total, digit, at) => {
    const doubled = (digits.length - 1 - at) % 2 === 1 ? digit * 2 : digit;
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}
