import Formats
import Runs
import Tensors

/// The kind and size of the latents of a model of images.
package enum Latents: Equatable, Sendable {
  /// Layers of Bernoulli variables, nearest to the data first.
  case bernoulli([Int])
  /// Variables of so many classes each.
  case categorical(variables: Int, classes: Int)

  /// Number of layers.
  var layerCount: Int {
    switch self {
    case .bernoulli(let layers): layers.count
    case .categorical: 1
    }
  }

  /// Numbers that enter the links from each layer.
  var sizes: [Int] {
    switch self {
    case .bernoulli(let layers): layers
    case .categorical(let variables, let classes): [variables * classes]
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
    }
  }

  /// A text that a setting can hold.
  var text: String {
    switch self {
    case .bernoulli(let layers): "bernoulli:" + layers.map(String.init).joined(separator: ",")
    case .categorical(let variables, let classes): "categorical:\(variables)x\(classes)"
    }
  }

  /// Parses `bernoulli:200` or `categorical:20x10`.
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
    default:
      throw SettingError(
        "latent is '\(text)', expected bernoulli:SIZES or categorical:VARIABLESxCLASSES")
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
