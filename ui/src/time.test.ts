import { afterEach, describe, expect, it } from "vitest";
import { dayInWords, timeOf } from "./time";

/* Days as a shop counts them, on both days of a year on which the clocks are changed. */

const zone = process.env["TZ"];

afterEach(() => {
  if (zone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zone;
});

const at = (text: string) => new Date(text).getTime() / 1000;

describe("yesterday", () => {
  it.each([
    // On Monday half past midnight; on the Sunday before, the clocks went forward, or back.
    ["Europe/Berlin", "2026-03-30T00:30", "2026-03-29T12:00", "2026-03-28T23:45"],
    ["Europe/Berlin", "2026-10-26T23:30", "2026-10-25T00:10", "2026-10-24T12:00"],
    ["America/New_York", "2026-03-09T00:30", "2026-03-08T12:00", "2026-03-07T23:45"],
    ["Australia/Lord_Howe", "2026-10-05T00:10", "2026-10-04T12:00", "2026-10-03T23:50"],
    ["America/Santiago", "2026-09-07T00:30", "2026-09-06T12:00", "2026-09-05T23:45"],
    ["Asia/Kolkata", "2026-03-30T00:30", "2026-03-29T12:00", "2026-03-28T23:45"],
  ])("is the calendar day before today in %s on %s", (place, now, yesterday, before) => {
    process.env["TZ"] = place;
    expect(dayInWords(at(now), at(now))).toBe("Today");
    expect(dayInWords(at(yesterday), at(now))).toBe("Yesterday");
    expect(dayInWords(at(before), at(now))).not.toBe("Yesterday");
  });
});

describe("a time", () => {
  it("has_the_digits_that_amounts_have_in_every_language", () => {
    for (const locale of ["ar-EG", "fa-IR", "hi-IN-u-nu-deva", "en-US"]) {
      expect(timeOf(at("2026-03-30T09:05"), locale), locale).toMatch(/\d/);
    }
  });
});
