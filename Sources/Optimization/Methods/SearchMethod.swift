import Experiments
public import Runs
import Stochastics
import Tensors

/// A method of search by its name, with options: `local`, `evolution`, `annealing`, `random`, or a
/// black-box estimator of the catalogue, as in `reinforce:samples=20,rate=0.3`.
public struct SearchMethod: Sendable {
  /// The methods that are not estimators, and a sentence about each.
  public static let direct: KeyValuePairs = [
    "local": "Restarted local search that never comes back to a point of its walk.",
    "evolution": "The (1+1) evolutionary algorithm, whose rate adjusts itself.",
    "annealing": "Simulated annealing over the whole budget.",
    "random": "Uniform points.",
    "auto":
      "The best of these and reinforce, each tried on a part of the first tenth of the budget.",
  ]
  /// The method where none is named.
  public static let standard = "local"

  private let specification: Specification

  /// - Throws: `SettingError` where the name is unknown or an option of a direct method is.
  public init(_ text: String) throws(SettingError) {
    specification = try Specification(text)
    let name = specification.name
    guard !SearchMethod.direct.contains(where: { $0.key == name }) else {
      try specification.allow([])
      return
    }
    guard EstimatorCatalogue[name] != nil else {
      throw SettingError(
        unknown(
          "method", name,
          among: SearchMethod.direct.map(\.key) + EstimatorCatalogue.all.map(\.name)))
    }
  }

  public var text: String { specification.text }

  /// The search over a space.
  func search(
    _ space: FreeSpace, horizon: Int, using generator: inout Philox
  ) throws(SettingError) -> any Search {
    switch specification.name {
    case "local": return LocalSearch(space)
    case "evolution": return Evolution(space)
    case "annealing": return Annealing(space, horizon: horizon)
    case "random": return RandomSearch(space: space)
    case "auto": return try automatic(space, horizon: horizon, using: &generator)
    default: return try lawSearch(space, using: &generator)
    }
  }

  private func automatic(
    _ space: FreeSpace, horizon: Int, using generator: inout Philox
  ) throws(SettingError) -> any Search {
    var names = SearchMethod.direct.map(\.key).filter { $0 != "auto" }
    if space.kinds.count == 1, !space.isMatching { names.append("reinforce") }
    var methods: [(name: String, search: any Search)] = []
    for name in names {
      let method = try SearchMethod(name)
      methods.append((name, try method.search(space, horizon: horizon, using: &generator)))
    }
    return AutoSearch(methods, horizon: horizon)
  }

  private func lawSearch(
    _ space: FreeSpace, using generator: inout Philox
  ) throws(SettingError) -> any Search {
    guard space.kinds.count == 1 else {
      throw SettingError("\(specification.name) searches a space of one part; local fits any")
    }
    switch space.kinds[0] {
    case .bits(let count):
      return try search(.bits(count), event: [count], space, using: &generator)
    case .classes(let variables, let classes):
      return try search(
        .classes(variables, classes), event: [variables, classes], space, using: &generator)
    case .order(let items, let places) where places == items:
      return try search(.order(items), event: [items, items], space, using: &generator)
    case .order(let items, let places):
      return try search(
        .list(items, places: places), event: [places, items], space, using: &generator)
    case .subset(let size, let items):
      return try search(.subset(size, of: items), event: [items], space, using: &generator)
    case .tree(let vertices):
      return try search(
        .tree(vertices), event: [vertices * (vertices - 1) / 2], space, using: &generator)
    case .matching:
      throw SettingError(
        "\(specification.name) needs the probability of a point, which no law of matchings has; local fits, or an order of the items"
      )
    }
  }

  private func search<Law: DiscreteDistribution>(
    _ coordinates: LawCoordinates<Law>, event: [Int], _ space: FreeSpace,
    using generator: inout Philox
  ) throws(SettingError) -> LawSearch<Law> {
    let isNatural = try naturalness(standard: coordinates.probabilities != nil)
    let settings = LawSearchSettings(
      rate: try specification.scalar("rate", in: 1e-6..<1e3, default: isNatural ? 0.3 : 0.2),
      isNatural: isNatural,
      entropy: try specification.scalar("entropy", in: 0..<1e3, default: 0),
      margin: try specification.scalar(
        "margin", in: 1e-9..<0.5, default: 1 / Double(space.size + 2)))
    var own = specification
    own.options.removeAll { SearchMethod.options.contains($0.key) }
    if own.name == "reinforce" {
      own = own.completed(with: [
        (key: "samples", value: "20"), (key: "baseline", value: "leave-one-out"),
      ])
    }
    let context = EstimatorContext<Law>(event: event, states: space.count)
    return LawSearch(
      coordinates, try context.makeBlackBox(own, using: &generator), settings)
  }

  /// Options of a search distribution beside those of its estimator.
  private static let options = ["rate", "gradient", "entropy", "margin"]

  private func naturalness(standard: Bool) throws(SettingError) -> Bool {
    switch specification.option("gradient") {
    case nil: return standard
    case "logits": return false
    case "natural" where standard: return true
    case "natural":
      throw SettingError(
        "\(specification.name): gradient=natural is for bits and classes; logits fits")
    case let text?:
      throw SettingError(
        "\(specification.name): gradient is '\(text)', expected natural or logits")
    }
  }
}
