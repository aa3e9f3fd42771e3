import Tensors
import Testing

@testable import Codes

struct ANSTests {
  static let lanes = [1, 2, 4, 16]

  /// Frequencies of random laws, some of their choices impossible and some certain.
  static func frequencies(_ noise: inout Philox) -> Frequencies {
    let precision = Int.random(in: 2...24, using: &noise)
    let count = Int.random(in: 1...min(40, 1 << precision - 1), using: &noise)
    var weights = (0..<count).map { _ in
      Int.random(in: 0...4, using: &noise) == 0 ? 0 : noise.uniform() * noise.uniform() * 1e-3
    }
    weights[Int.random(in: 0..<count, using: &noise)] = 1
    return Frequencies(weights, precision: precision)
  }

  @Test(arguments: lanes) func popIsTheInverseOfPushOverRandomTables(lanes: Int) throws {
    var noise = Philox(seed: 1)
    var message = ANS(lanes: lanes)
    var pushed: [(choice: Int, frequencies: Frequencies, lane: Int)] = []
    for _ in 0..<2000 {
      let frequencies = Self.frequencies(&noise)
      let possible = frequencies.values.indices.filter { frequencies.values[$0] > 0 }
      let choice = try #require(possible.randomElement(using: &noise))
      let interval = try #require(frequencies.interval(of: choice))
      let lane = Int.random(in: 0..<lanes, using: &noise)
      let before = message
      message.push(interval, precision: frequencies.precision, lane: lane)
      var back = message
      try back.pop(interval, precision: frequencies.precision, lane: lane)
      #expect(back == before)
      #expect(message.states.allSatisfy { $0 >= 1 << 31 && $0 < 1 << 63 })
      pushed.append((choice, frequencies, lane))
    }
    for (choice, frequencies, lane) in pushed.reversed() {
      let place = message.peek(precision: frequencies.precision, lane: lane)
      let found = frequencies.choice(at: place)
      #expect(found.choice == choice)
      try message.pop(found.interval, precision: frequencies.precision, lane: lane)
    }
    #expect(message == ANS(lanes: lanes))
  }

  @Test(arguments: [1, 8, 16, 24]) func theWholeFrequencyCostsNothing(precision: Int) throws {
    var message = ANS()
    message.push(Interval(start: 1, frequency: 1), precision: 24)
    message.push(Interval(start: 5, frequency: 1), precision: 24)
    let before = message
    let whole = Interval(start: 0, frequency: 1 << UInt32(precision))
    for _ in 0..<1000 { message.push(whole, precision: precision) }
    #expect(message == before)
    for _ in 0..<1000 { try message.pop(whole, precision: precision) }
    #expect(message == before)
  }

  @Test func aSymbolCostsTheLogarithmOfItsShare() {
    var message = ANS()
    for _ in 0..<10_000 { message.push(Interval(start: 7, frequency: 3), precision: 16) }
    let ideal = 10_000 * (16 - 1.584962500721156)
    #expect(abs(Double(message.bitCount) - ideal) < 64)
  }

  @Test func anEmptyMessageUnderflowsWithoutASeed() {
    var message = ANS()
    #expect(throws: CodeError.underflow) {
      try message.pop(Interval(start: 0, frequency: 1), precision: 24)
    }
  }

  @Test func theSeedIsTakenWordByWordAndIsLeftAfterReading() throws {
    let seed = Philox(seed: 3)
    var message = ANS(lanes: 2, seed: seed)
    var popped: [(Interval, Int)] = []
    for step in 0..<100 {
      let place = message.peek(precision: 16, lane: step % 2)
      let interval = Interval(start: place & ~7, frequency: 8)
      try message.pop(interval, precision: 16, lane: step % 2)
      popped.append((interval, step % 2))
    }
    // 50 times 13 bits of each lane, and every word has 32.
    #expect(message.seedWords.count == 2 * 21)
    let count = message.seedWords.count
    #expect(throws: CodeError.self) { try message.checkRead(leaving: count, of: seed) }
    for (interval, lane) in popped.reversed() { message.push(interval, precision: 16, lane: lane) }
    try message.checkRead(leaving: count, of: seed)
    #expect(throws: CodeError.self) { try message.checkRead(leaving: count, of: Philox(seed: 4)) }
  }

  @Test(arguments: lanes) func aTableWritesWhatSinglePushesWrite(lanes: Int) throws {
    var noise = Philox(seed: 5)
    for precision in [8, 12, 16] {
      let frequencies = Frequencies((0..<200).map { _ in noise.uniform() }, precision: precision)
      let table = SymbolTable(frequencies)
      for count in [0, 1, 3, 70_000, 131_072] {
        let symbols = (0..<count).map { _ in UInt8.random(in: 0..<200, using: &noise) }
        var (fast, slow) = (ANS(lanes: lanes), ANS(lanes: lanes))
        table.push(symbols, onto: &fast)
        for place in symbols.indices.reversed() {
          let interval = try #require(frequencies.interval(of: Int(symbols[place])))
          slow.push(interval, precision: precision, lane: place % lanes)
        }
        #expect(fast == slow)
        #expect(try table.pop(count, from: &fast) == symbols)
        #expect(fast == ANS(lanes: lanes))
      }
    }
  }

  @Test func aTableOfOneSymbolAndOfFrequenciesOfOne() throws {
    let certain = SymbolTable(Frequencies([1], precision: 16))
    var message = ANS()
    certain.push([UInt8](repeating: 0, count: 1000), onto: &message)
    #expect(message == ANS())
    #expect(try certain.pop(1000, from: &message) == [UInt8](repeating: 0, count: 1000))
    let rare = SymbolTable(Frequencies([1, 1e-12, 1e-12], precision: 24))
    let symbols: [UInt8] = [1, 0, 2, 2, 0, 1, 1, 2, 0]
    rare.push(symbols, onto: &message)
    #expect(try rare.pop(symbols.count, from: &message) == symbols)
    #expect(throws: CodeError.underflow) { _ = try rare.pop(1000, from: &message) }
    #expect(message == ANS())
  }

  @Test(arguments: lanes) func manyBitsAreWhatSinglePushesWrite(lanes: Int) throws {
    var noise = Philox(seed: 6)
    for (count, precision) in [(0, 16), (1, 16), (3, 1), (500, 24), (70_000, 16), (131_072, 12)] {
      let total = UInt32(1) << UInt32(precision)
      let ones = (0..<count).map { _ in
        Int.random(in: 0...9, using: &noise) == 0
          ? [0, total][Int.random(in: 0...1, using: &noise)]
          : UInt32.random(in: 0...total, using: &noise)
      }
      let bits = ones.map { $0 == total || $0 > 0 && Bool.random(using: &noise) ? UInt8(1) : 0 }
      var (fast, slow) = (ANS(lanes: lanes), ANS(lanes: lanes))
      fast.push(bits: bits, ones: ones, precision: precision)
      for place in bits.indices.reversed() {
        let interval = try #require(
          Interval.bit(Int32(bits[place]), ones: ones[place], precision: precision))
        slow.push(interval, precision: precision, lane: place % lanes)
      }
      #expect(fast == slow)
      #expect(try fast.popBits(ones: ones, precision: precision) == bits)
      #expect(fast == ANS(lanes: lanes))
    }
  }

  @Test(arguments: lanes) func manyBitsTakeFromTheSeed(lanes: Int) throws {
    let ones = (0..<3000).map { UInt32(1 + $0 * 21) }
    var message = ANS(lanes: lanes, seed: Philox(seed: 3))
    message.push(bits: [1, 0, 1], ones: [9, 9, 9], precision: 16)
    var single = message
    let bits = try message.popBits(ones: ones, precision: 16)
    for (place, frequency) in ones.enumerated() {
      let (bit, interval) = Interval.bit(
        at: single.peek(precision: 16, lane: place % lanes), ones: frequency, precision: 16)
      #expect(UInt8(bit) == bits[place])
      try single.pop(interval, precision: 16, lane: place % lanes)
    }
    #expect(message == single && message.seedWords.count > 10)
    var empty = ANS(lanes: lanes)
    #expect(throws: CodeError.underflow) { _ = try empty.popBits(ones: ones, precision: 16) }
  }
}
