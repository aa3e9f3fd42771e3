import Codes
import Stochastics
import Tensors

/// Symbols that the entropy coder writes and reads, by laws that are known beforehand.
struct CodedSymbols {
  /// States that take turns.
  private static let lanes = 16
  private static let precision = 16

  private let symbols: [UInt8]
  /// Frequencies of one of each bit; empty for classes.
  private var ones: [UInt32] = []
  private var table: SymbolTable?

  /// Bits with probabilities uniform in [0, 1].
  init(bits count: Int, using noise: inout Philox) {
    let most = Double(1 << CodedSymbols.precision - 2)
    let probabilities = (0..<count).map { _ in noise.uniform() }
    ones = probabilities.map { 1 + UInt32($0 * most) }
    symbols = probabilities.map { noise.uniform() < $0 ? 1 : 0 }
  }

  /// Classes whose probabilities fall with their number, as 1/(1 + class).
  init(classes: Int, count: Int, using noise: inout Philox) {
    let weights = (0..<classes).map { 1 / Double(1 + $0) }
    let frequencies = Frequencies(weights, precision: CodedSymbols.precision)
    table = SymbolTable(frequencies)
    symbols = (0..<count).map { _ in
      let place = noise.next() >> UInt64(64 - CodedSymbols.precision)
      return UInt8(frequencies.choice(at: UInt32(place)).choice)
    }
  }

  /// One way and back; traps where other symbols come back.
  func writeAndRead() {
    var message = ANS(lanes: CodedSymbols.lanes)
    let read: [UInt8]?
    if let table {
      table.push(symbols, onto: &message)
      read = try? table.pop(symbols.count, from: &message)
    } else {
      message.push(bits: symbols, ones: ones, precision: CodedSymbols.precision)
      read = try? message.popBits(ones: ones, precision: CodedSymbols.precision)
    }
    require(read == symbols, "other symbols were read than written")
  }
}
