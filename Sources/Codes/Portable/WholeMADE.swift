import Models
import Tensors

/// Bits that are made one after the other, in whole numbers.
protocol WholeWalk {
  /// The bit at each place.
  var order: [Int] { get }

  /// The probability that the next bit is one, of which 2^24 is all.
  func share() -> UInt32

  mutating func take(_ bit: Int32)
}

extension WholeWalk {
  /// Puts bits on top so that the first in order is read first.
  mutating func push(_ bits: [Int32], precision: Int, onto message: inout ANS) {
    let own = order.map { bits[$0] }
    var ones: [UInt32] = []
    ones.reserveCapacity(own.count)
    for bit in own {
      ones.append(LogisticTable.onesFrequency(share: share(), precision: precision))
      take(bit)
    }
    message.push(bits: own.map { UInt8($0) }, ones: ones, precision: precision)
  }

  mutating func pop(precision: Int, from message: inout ANS) throws(CodeError) -> [Int32] {
    var bits = [Int32](repeating: 0, count: order.count)
    for (step, place) in order.enumerated() {
      let lane = step % message.lanes
      let (bit, interval) = Interval.bit(
        at: message.peek(precision: precision, lane: lane),
        ones: LogisticTable.onesFrequency(share: share(), precision: precision),
        precision: precision)
      try message.pop(interval, precision: precision, lane: lane)
      bits[place] = bit
      take(bit)
    }
    return bits
  }
}

/// A masked network in whole numbers: activations have 16 bits behind the point, as weights have.
struct WholeMADE: Sendable {
  private struct Mask: Sendable {
    let layers: [WholeLayer]
    /// The units of each hidden layer by their degree.
    let units: [[[Int]]]
  }

  fileprivate let order: [Int]
  private let masks: [Mask]

  init(_ network: MADE) {
    order = network.order
    masks = network.masks.map { mask in
      Mask(
        layers: zip(network.layers, mask.matrices).map { WholeLayer($0, mask: $1) },
        units: mask.degrees.map { degrees in
          var units = [[Int]](repeating: [], count: network.variableCount + 1)
          for (unit, degree) in degrees.enumerated() { units[degree].append(unit) }
          return units
        })
    }
  }

  /// Where bits stand before the first of them.
  ///
  /// - Parameter shifts: what is added to the units of the first hidden layer, and behind them to
  ///   the log-odds, with 16 bits behind the point; empty for nothing.
  func walk(shifts: [Int64]) -> some WholeWalk { Walk(self, shifts: shifts) }

  private struct Walk: WholeWalk {
    let network: WholeMADE
    /// What each layer of each mask has summed so far, with 16 bits behind the point in the first
    /// layer and 32 in the others.
    private var sums: [[[Int64]]]
    private var step = 0

    init(_ network: WholeMADE, shifts: [Int64]) {
      self.network = network
      sums = network.masks.map { mask in
        mask.layers.enumerated().map { layer, own in
          var base = own.base
          let start = layer == 0 ? 0 : mask.layers[0].outputs
          if !shifts.isEmpty && (layer == 0 || layer == mask.layers.count - 1) {
            for place in base.indices { base[place] &+= shifts[start + place] }
          }
          return layer == 0 ? base : base.map { $0 << 16 }
        }
      }
      settle(degree: 0)
    }

    var order: [Int] { network.order }

    func share() -> UInt32 {
      let shares = sums.map { layers in
        let sum = layers[layers.count - 1][order[step]]
        return UInt64(LogisticTable.shared(rounded(sum, dropping: 16)))
      }
      return UInt32(shares.reduce(0, +) / UInt64(shares.count))
    }

    mutating func take(_ bit: Int32) {
      if bit == 1 {
        for (place, mask) in network.masks.enumerated() {
          mask.layers[0].add(order[step], times: 1, to: &sums[place][0])
        }
      }
      step += 1
      settle(degree: step)
    }

    /// Tells the layers above what the units of a degree have summed.
    private mutating func settle(degree: Int) {
      for (place, mask) in network.masks.enumerated() {
        for (layer, units) in mask.units.enumerated() {
          for unit in units[degree] {
            let sum = sums[place][layer][unit]
            let value = layer == 0 ? sum : rounded(sum, dropping: 16)
            guard value > 0 else { continue }
            mask.layers[layer + 1].add(unit, times: value, to: &sums[place][layer + 1])
          }
        }
      }
    }
  }
}

/// A network for any order in whole numbers, in one order.
struct WholeOrder: Sendable {
  private let order: [Int]
  private let layers: [WholeLayer]

  init(_ law: OrderedBits) {
    order = law.order
    layers = law.network.layers.map { WholeLayer($0) }
  }

  /// Where bits stand before the first of them.
  func walk() -> some WholeWalk { Walk(network: self, sums: layers[0].base) }

  private struct Walk: WholeWalk {
    let network: WholeOrder
    /// What the first hidden layer has summed so far.
    var sums: [Int64]
    private var step = 0

    init(network: WholeOrder, sums: [Int64]) { (self.network, self.sums) = (network, sums) }

    var order: [Int] { network.order }

    func share() -> UInt32 {
      let last = network.layers.count - 1
      var values = sums
      for layer in network.layers[1..<last] {
        values = layer.sums(of: values.map { max(0, $0) })
      }
      let logit = network.layers[last].sum(order[step], of: values.map { max(0, $0) })
      return LogisticTable.shared(logit)
    }

    mutating func take(_ bit: Int32) {
      if bit == 1 { network.layers[0].add(order[step], times: 1, to: &sums) }
      network.layers[0].add(order.count + order[step], times: 1, to: &sums)
      step += 1
    }
  }
}
