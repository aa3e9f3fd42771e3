import Formats
import Runs
import Stochastics
import Tensors

/// The kind and size of the latents of a model of images.
package enum Latents: Equatable, Sendable {
  /// Layers of Bernoulli variables, nearest to the data first.
  case bernoulli([Int])
  /// Variables of so many classes each.
  case categorical(variables: Int, classes: Int)
  /// A structure by its name, with the numbers of its shape.
  case structure(String, [Int])

  /// Number of layers.
  var layerCount: Int {
    switch self {
    case .bernoulli(let layers): layers.count
    case .categorical, .structure: 1
    }
  }

  /// Whether they are Bernoulli variables.
  var areBits: Bool {
    if case .bernoulli = self { true } else { false }
  }

  /// Numbers that enter the links from each layer.
  var sizes: [Int] {
    switch self {
    case .bernoulli(let layers): layers
    case .categorical(let variables, let classes): [variables * classes]
    case .structure(let name, let shape): [Self.parts(name, shape)]
    }
  }

  /// Joint states of one layer, `nil` if they exceed what an integer holds or there are more
  /// layers.
  var states: Int? {
    switch self {
    case .bernoulli(let layers):
      layers.count == 1 && layers[0] < 62 ? 1 << layers[0] : nil
    case .categorical(let variables, let classes):
      wholePower(classes, variables)
    case .structure:
      structure?.engine.stateCount
    }
  }

  /// A text that a setting can hold.
  var text: String {
    switch self {
    case .bernoulli(let layers): "bernoulli:" + layers.map(String.init).joined(separator: ",")
    case .categorical(let variables, let classes): "categorical:\(variables)x\(classes)"
    case .structure(let name, let shape):
      "\(name):" + shape.map(String.init).joined(separator: "x")
    }
  }

  /// The structure, `nil` for variables.
  var structure: (any Structure)? {
    guard case .structure(let name, let shape) = self else { return nil }
    return Self.law(name)?.structure?(shape)
  }

  /// Numbers in the sums over a structure at most; 0 for variables.
  var chartSize: Int {
    guard case .structure(let name, let shape) = self else { return 0 }
    return Self.law(name)?.sums(shape) ?? 0
  }

  private static func law(_ name: String) -> Law? { Law.structuresByName[name] }

  private static func parts(_ name: String, _ shape: [Int]) -> Int {
    law(name)?.extent?.parameters?(shape) ?? 0
  }

  /// The structures that latents can have: the names of their numbers by the name.
  private static let shapes = Law.structuresByName.compactMapValues { law in
    law.structure == nil ? nil : law.extent?.names
  }

  private static func usage(_ name: String) -> String {
    name + ":" + (shapes[name] ?? []).map { $0.uppercased() }.joined(separator: "x")
  }

  /// Parses `bernoulli:200`, `categorical:20x10`, `tree:10` or `chain:20x5`.
  init(_ text: String, mostLayers: Int) throws(SettingError) {
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    let sizes = parts.count == 2 ? parts[1] : ""
    switch parts.first {
    case "bernoulli"?:
      self = .bernoulli(try Latents.layers(sizes, named: "latent", most: mostLayers))
    case "categorical"?:
      let pair = sizes.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
      guard pair.count == 2, pair.allSatisfy((1...1_000_000).contains) else {
        throw SettingError("latent is '\(text)', expected categorical:VARIABLESxCLASSES")
      }
      self = .categorical(variables: pair[0], classes: pair[1])
    case let name? where Latents.shapes[name] != nil:
      let numbers = sizes.split(separator: "x", omittingEmptySubsequences: false)
      let shape = numbers.map { Int($0) ?? 0 }
      guard shape.count == Latents.shapes[name]?.count, shape.allSatisfy((1...1000).contains)
      else {
        throw SettingError(
          "latent is '\(text)', expected \(Latents.usage(name)), of numbers from 1 to 1000")
      }
      self = .structure(name, shape)
      guard Latents.parts(name, shape) > 0 else {
        throw SettingError("latent is '\(text)', a single state, without a part to score")
      }
      if let excess = Latents.law(name)?.excess(shape) {
        throw SettingError("latent is '\(text)': \(excess)")
      }
    default:
      let structures = Latents.shapes.keys.sorted().map(Latents.usage)
      throw SettingError(
        "latent is '\(text)', expected bernoulli:SIZES, categorical:VARIABLESxCLASSES, \(structures.joined(separator: ", "))"
      )
    }
  }

  /// Sizes of layers, one at least.
  static func layers(_ text: String, named name: String, most: Int) throws(SettingError) -> [Int] {
    let sizes = try parseSizes(text, named: name)
    guard sizes.count <= most else {
      throw SettingError(
        "\(name) is '\(text)', \(sizes.count) layers, expected \(most == 1 ? "one" : "one to \(most)")"
      )
    }
    return sizes
  }
}

extension Setting where Value == Latents {
  static func latent(_ standard: String?, mostLayers: Int, _ help: String) -> Setting {
    Setting("latent", standard, help, "latent", encode: { JSON($0.text) }) {
      (text) throws(SettingError) in try Latents(text, mostLayers: mostLayers)
    }
  }
}
