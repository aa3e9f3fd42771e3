import Formats
import Testing

struct MemoryBudgetTests {
  @Test("what is over a gibibyte is refused by a sentence, whatever the sizes are")
  func excess() {
    #expect(MemoryBudget.excess("rows", [[1 << 14, 1 << 14]]) == nil)
    #expect(
      MemoryBudget.excess("rows", [[1 << 14, 1 << 14], [1]])
        == "rows would take 1 GiB of memory, at most 1 GiB is allowed")
    #expect(
      MemoryBudget.excess("rows", [[3 << 29]], width: 1)
        == "rows would take 1.5 GiB of memory, at most 1 GiB is allowed")
    let large = MemoryBudget.excess("rows", [[.max, .max], [.max, .max, .max]])
    #expect(large == "rows would take over a million EiB of memory, at most 1 GiB is allowed")
    #expect(MemoryBudget.excess("rows", [[0, .max], []]) == nil)
  }

  @Test(
    "sizes for people",
    arguments: [
      (0, "0 bytes"), (1023, "1023 bytes"), (1536, "1.5 KiB"), (1 << 25, "32 MiB"),
      (5 << 40, "5 TiB"), (.max, "8 EiB"),
    ])
  func text(count: Int, text: String) {
    #expect(MemoryBudget.text(ofBytes: count) == text)
  }

  @Test("a stream may become 64 MiB or 128 times its size, and never more than asked for")
  func inflated() {
    #expect(MemoryBudget.inflated(from: 0) == 1 << 26)
    #expect(MemoryBudget.inflated(from: 1 << 20) == 1 << 27)
    #expect(MemoryBudget.inflated(from: .max) == 1 << 30)
    #expect(MemoryBudget.inflated(from: 1 << 20, atMost: 1000) == 1000)
  }
}
