import PageEnds
import Testing

/// In processes of their own, which a read or a write outside of an operand ends; they say which
/// call it was.
struct PageEndTests {
  @Test("Products stay within their operands and agree with their definition, in single precision")
  func singleProducts() async {
    await #expect(processExitsWith: .success) { #expect(product_sweep_f() == 0) }
  }

  @Test("Products stay within their operands and agree with their definition, in double precision")
  func doubleProducts() async {
    await #expect(processExitsWith: .success) { #expect(product_sweep_d() == 0) }
  }

  @Test("Kernels stay within their operands, in single precision")
  func singleKernels() async {
    await #expect(processExitsWith: .success) { kernel_sweep_f() }
  }

  @Test("Kernels stay within their operands, in double precision")
  func doubleKernels() async {
    await #expect(processExitsWith: .success) { kernel_sweep_d() }
  }
}
