public import Formats

/// The figures of a run over its steps, from lines of metrics.
public struct Curves: Sendable {
  /// A place on a curve.
  public struct Point: Sendable {
    public let step: Int
    /// Seconds of training; `nil` in metrics that have none.
    public let seconds: Double?
    public let value: Double
  }

  /// One figure.
  public struct Curve: Sendable {
    /// The key of the metrics.
    public let name: String
    public internal(set) var points: [Point] = []

    /// Whether it is of single batches, and not of an evaluation.
    public var isOfBatches: Bool { name.hasPrefix("batch_") }
  }

  /// Figures that are compared with each other, such as the bounds of several parts of the data.
  public struct Family: Sendable {
    public let name: String
    public internal(set) var curves: [Curve]
  }

  /// In the order of appearance.
  public private(set) var families: [Family] = []
  private var places: [String: (family: Int, curve: Int)] = [:]

  public init() {}

  /// The curves of lines of metrics.
  public init(_ lines: some Sequence<JSON>) {
    for line in lines { add(line) }
  }

  /// The keys that say where a line stands; they are not figures.
  private static let axes: Set = ["step", "epoch", "seconds", "adversarial_step", "queries"]
  private static let prefixes = ["batch_", "train_", "validation_", "test_"]

  /// Adds the finite numbers of a line; one without a step has no place and is left out.
  public mutating func add(_ line: JSON) {
    guard case .object(let members) = line,
      let step = line["step"]?.whole(in: 0...JSON.mostWhole)
    else { return }
    let seconds = line["seconds"]?.number
    for member in members where !Curves.axes.contains(member.key) {
      guard let value = member.value.number, value.isFinite else { continue }
      let place = places[member.key] ?? makeCurve(member.key)
      families[place.family].curves[place.curve].points.append(
        Point(step: step, seconds: seconds, value: value))
    }
  }

  /// The curve of a key of the metrics, `nil` where they have no such number.
  public subscript(name: String) -> Curve? {
    places[name].map { families[$0.family].curves[$0.curve] }
  }

  private mutating func makeCurve(_ name: String) -> (family: Int, curve: Int) {
    let family = Curves.family(of: name)
    let index = families.firstIndex { $0.name == family } ?? families.count
    if index == families.count { families.append(Family(name: family, curves: [])) }
    families[index].curves.append(Curve(name: name))
    let place = (index, families[index].curves.count - 1)
    places[name] = place
    return place
  }

  /// `validation_bound` and `train_bound` are of the family `bound`, `ndcg_1` and `ndcg_5` of
  /// `ndcg`, `variance/encoder` and `variance/decoder` of `variance`.
  static func family(of name: String) -> String {
    if let slash = name.firstIndex(of: "/") { return String(name[..<slash]) }
    let prefix = prefixes.first { name.hasPrefix($0) && name.count > $0.count } ?? ""
    let rest = name.dropFirst(prefix.count)
    let parts = rest.split(separator: "_")
    guard parts.count > 1, let last = parts.last, Int(last) != nil else { return String(rest) }
    return parts.dropLast().joined(separator: "_")
  }
}

// MARK: Charts

extension Curves {
  /// The families worth a panel: those of evaluations come first, and a learning rate only where it
  /// changes.
  public var shown: [Family] {
    let own = families.filter { family in
      guard family.name == "learning_rate" else { return true }
      let values = family.curves[0].points.map(\.value)
      return values.contains { $0 != values[0] }
    }
    func rank(_ family: Family) -> Int {
      if family.name == "learning_rate" { return 3 }
      if Curves.isOfGradients(family.name) { return 2 }
      if family.curves.allSatisfy(\.isOfBatches) { return 1 }
      // Figures of a diagnosis, such as wasted pairs, are logged before the first evaluation.
      return family.curves.contains { $0.name != family.name } ? -1 : 0
    }
    return (-1...3).flatMap { place in own.filter { rank($0) == place } }
  }

  /// Whether a family tells of the noise of gradients.
  public static func isOfGradients(_ family: String) -> Bool {
    ["variance", "snr"].contains(family)
  }

  /// The first families over steps, beside each other.
  public func chart(title: String) -> LineChart {
    LineChart(
      title: title, panels: shown.prefix(Curves.mostPanels).map { Curves.panel($0) })
  }

  private static let mostPanels = 3

  /// A family over steps.
  public static func panel(_ family: Family) -> LineChart.Panel {
    let points = family.curves.flatMap(\.points)
    let isLogarithmic = family.name == "variance" && points.allSatisfy { $0.value > 0 }
    return LineChart.Panel(
      title: words(family.name), xLabel: "steps", yLabel: unit(of: family.name),
      y: isLogarithmic ? .logarithmic : .linear,
      series: family.curves.map { curve in
        .init(
          name: words(String(curve.name.trimmingPrefix(family.name + "/"))),
          points: thinned(curve.points.map { (Double($0.step), $0.value) }))
      })
  }

  /// What a family is measured in, empty for a bare number.
  static func unit(of family: String) -> String {
    switch family {
    case "bound": "nats"
    case "nll_oracle", "nll_generator", "entropy": "nats a token"
    case "accuracy": "share of examples"
    case "variance": "squared gradient, summed over a part"
    case "snr": "mean / deviation"
    default: ""
    }
  }

  /// A key as a person reads it.
  public static func words(_ key: String) -> String {
    key == "snr" ? "signal-to-noise ratio" : String(key.map { $0 == "_" ? " " : $0 })
  }

  private static let mostPoints = 400

  /// At most so many points as can be told apart in a picture, each the mean of its neighbors.
  static func thinned(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
    guard points.count > mostPoints else { return points }
    let size = (points.count + mostPoints - 1) / mostPoints
    return stride(from: 0, to: points.count, by: size).map { start in
      let part = points[start..<min(points.count, start + size)]
      let sum = part.reduce((x: 0.0, y: 0.0)) { ($0.x + $1.x, $0.y + $1.y) }
      return (sum.x / Double(part.count), sum.y / Double(part.count))
    }
  }
}
