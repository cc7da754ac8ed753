import { describe, expect, it } from "vitest";
import { digitValue, withPlainDigits } from "./digits";

describe("digits of every script", () => {
  it.each(["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "๐๑๒๓๔๕๖๗๘๙", "০১২৩৪৫৬৭৮৯", "０１２３４５６７８９", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "𝟬𝟭𝟮𝟯𝟰𝟱𝟲𝟳𝟴𝟵"])(
    "%s are worth 0 to 9",
    (digits) => {
      expect(withPlainDigits(digits)).toBe("0123456789");
    },
  );

  it("are_no_other_characters", () => {
    for (const char of ["a", "²", "½", "Ⅷ", "①", "", "12", "F1"]) expect(digitValue(char), char).toBeNull();
    expect(withPlainDigits("K-١٠٤٢, x²")).toBe("K-1042, x²");
  });
});
