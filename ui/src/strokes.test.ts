import { describe, expect, it } from "vitest";
import { Strokes, type Reading } from "./strokes";

/** Reads keys with the given milliseconds between them. */
function read(keys: string[], gaps: number | number[], strokes = new Strokes()): Reading[] {
  let at = 1000;
  return keys.map((key, index) => {
    if (index > 0) at += typeof gaps === "number" ? gaps : (gaps[index - 1] ?? 0);
    return strokes.read(key, at);
  });
}

const EAN = [..."4006381333931", "Enter"];

describe("a scanner", () => {
  it.each([1, 4, 10, 20, 30])("is found out at %i ms a key, and its Enter is part of it", (gap) => {
    for (const keys of [EAN, [..."SP-90", "Enter"], [..."SP-90", "Tab"], [..."SP-90"], ["1", "2", "Enter"], [..."A1b"]]) {
      const readings = read(keys, gap);
      expect(readings.filter((one) => one.found)).toHaveLength(1);
      expect(readings.at(-1)?.scan, keys.join("")).toBe(true);
    }
  });

  it("is found out with a code of one character", () => {
    expect(read(["7", "Enter"], 4).at(-1)?.scan).toBe(true);
  });

  it("is one scan though a key, or the Enter, comes late", () => {
    const late = read([..."4006381333931", "Enter"], [50, 4, 4, 4, 4, 4, 60, 4, 4, 4, 4, 4, 120]);
    expect(late.filter((one) => one.begins)).toHaveLength(1);
    expect(late.at(-1)?.scan).toBe(true);
  });

  it("leaves_the_keys_after_it_to_the_person", () => {
    const strokes = new Strokes();
    read(EAN, 4, strokes);
    expect(strokes.read("5", 5000)).toEqual({ begins: true, fast: false, scan: false, found: false });
  });
});

describe("a person", () => {
  it.each([50, 60, 83, 125, 400])("is none at %i ms a key", (gap) => {
    const readings = read([..."500", "Enter", ..."4242424242424242"], gap);
    expect(readings.some((one) => one.scan)).toBe(false);
  });

  it("may_strike_two_keys_at_once_and_press_enter_twice", () => {
    expect(read(["2", "3", "4", "Enter"], [8, 90, 90]).some((one) => one.scan)).toBe(false);
    expect(read(["Enter", "Enter"], 2).some((one) => one.scan)).toBe(false);
  });

  it("is_none_after_the_clock_was_turned_back", () => {
    expect(read(["1", "2", "3"], -1_000_000).some((one) => one.scan)).toBe(false);
  });

  it("types_in_series_that_a_short_thought_ends", () => {
    const strokes = new Strokes();
    strokes.read("4", 1000);
    strokes.read("2", 1250);
    expect(strokes.seriesBegan).toBe(1000);
    strokes.read("4", 1600);
    expect(strokes.seriesBegan).toBe(1600);
  });
});
