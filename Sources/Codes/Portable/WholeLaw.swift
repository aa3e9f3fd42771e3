/// A law in whole numbers.
enum WholeLaw: Sendable {
  /// Independent variables by their logits, with 16 bits behind the point.
  case independent([Int64], WholeVariables)
  /// A masked network, whose units and log-odds are shifted; empty for nothing.
  case masked(WholeMADE, shifts: [Int64])
  /// A network for any order, in one.
  case ordered(WholeOrder)

  /// Puts values on top so that the first is read first.
  func push(_ values: [Int32], precision: Int, onto message: inout ANS) {
    switch self {
    case .independent(let logits, let variables):
      IndependentLaw(logits, variables, precision: precision).push(values, onto: &message)
    case .masked(let network, let shifts):
      var walk = network.walk(shifts: shifts)
      walk.push(values, precision: precision, onto: &message)
    case .ordered(let network):
      var walk = network.walk()
      walk.push(values, precision: precision, onto: &message)
    }
  }

  func pop(precision: Int, from message: inout ANS) throws(CodeError) -> [Int32] {
    switch self {
    case .independent(let logits, let variables):
      return try IndependentLaw(logits, variables, precision: precision).pop(from: &message)
    case .masked(let network, let shifts):
      var walk = network.walk(shifts: shifts)
      return try walk.pop(precision: precision, from: &message)
    case .ordered(let network):
      var walk = network.walk()
      return try walk.pop(precision: precision, from: &message)
    }
  }
}

/// A layer of variables: bits, or classes.
enum WholeVariables: Sendable {
  case bits
  case classes(Int)

  /// The places of the inputs that are one.
  func ones(_ values: [Int32]) -> [Int] {
    switch self {
    case .bits: values.indices.filter { values[$0] == 1 }
    case .classes(let count): values.indices.map { $0 * count + Int(values[$0]) }
    }
  }
}

/// Independent variables by their logits in whole numbers.
private struct IndependentLaw {
  private let logits: [Int64]
  private let variables: WholeVariables
  private let precision: Int

  init(_ logits: [Int64], _ variables: WholeVariables, precision: Int) {
    (self.logits, self.variables, self.precision) = (logits, variables, precision)
  }

  private var count: Int {
    switch variables {
    case .bits: logits.count
    case .classes(let classes): logits.count / classes
    }
  }

  /// Puts values on top so that the first is read first.
  func push(_ values: [Int32], onto message: inout ANS) {
    guard case .classes(let classes) = variables else {
      return message.push(bits: values.map { UInt8($0) }, ones: ones, precision: precision)
    }
    for place in (0..<count).reversed() {
      // Every class has a frequency of one at least.
      if let interval = frequencies(place, classes).interval(of: Int(values[place])) {
        message.push(interval, precision: precision, lane: place % message.lanes)
      }
    }
  }

  func pop(from message: inout ANS) throws(CodeError) -> [Int32] {
    guard case .classes(let classes) = variables else {
      return try message.popBits(ones: ones, precision: precision).map { Int32($0) }
    }
    var values: [Int32] = []
    values.reserveCapacity(count)
    for place in 0..<count {
      let lane = place % message.lanes
      let found = frequencies(place, classes).choice(
        at: message.peek(precision: precision, lane: lane))
      try message.pop(found.interval, precision: precision, lane: lane)
      values.append(Int32(found.choice))
    }
    return values
  }

  private var ones: [UInt32] {
    logits.map { LogisticTable.shared.onesFrequency($0, precision: precision) }
  }

  /// Weights are whole, and what `Frequencies` does with them every machine rounds alike.
  private func frequencies(_ place: Int, _ classes: Int) -> Frequencies {
    let own = logits[place * classes..<(place + 1) * classes]
    let largest = own.max() ?? 0
    return Frequencies(
      own.map { Double(LogisticTable.shared.exponential($0 - largest)) }, precision: precision)
  }
}
