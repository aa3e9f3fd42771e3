import Testing

@testable import Runs

struct NumeralTests {
  @Test(
    "decimal places, without zeros at the end and without powers of ten while a double has them",
    arguments: [
      (0.5, 4, "0.5"), (3, 1, "3.0"), (-12.345, 2, "-12.35"), (0.00001, 5, "0.00001"),
      (-0.00001, 2, "0.0"), (1234.5, 0, "1235"), (1e12, 1, "1000000000000.0"),
      (2.5e299, 1, "2.5e+299"), (-1e300, 3, "-1.0e+300"), (.infinity, 1, "inf"),
    ])
  func decimals(value: Double, places: Int, text: String) {
    #expect(decimal(value, places) == text)
  }

  @Test(
    "three significant digits",
    arguments: [
      (0, "0.0"), (0.0012345, "0.00123"), (0.00012345, "1.23e-04"), (99_999, "1.0e+05"),
      (12_345, "12345"), (9.996e-7, "1.0e-06"), (-4.567e12, "-4.57e+12"), (.nan, "nan"),
    ])
  func significance(value: Double, text: String) {
    #expect(significant(value) == text)
  }

  @Test(
    "a number and its interval have one notation",
    arguments: [
      (0.0012345, 0.000032109, "0.00123 ± 0.0000321"), (0.5, 1e-9, "0.5 ± 0.0"),
      (1.2e-7, 3.4e-9, "1.2e-07 ± 3.4e-09"), (123.4, 0.05, "123 ± 0.05"),
      (1e6, 2, "1.0e+06 ± 2.0e+00"), (0, 0, "0.0 ± 0.0"), (0, 2e-9, "0.0 ± 2.0e-09"),
    ])
  func intervals(value: Double, half: Double, text: String) {
    #expect(significant(value, within: half) == text)
  }
}
