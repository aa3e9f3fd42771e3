import Formats
import Runs

/// The log-likelihood of test images by a masked network, or its bound over all orders.
struct MADEBound {
  let images: Int
  /// Nats of an image, in the mean.
  let nats: Double
  /// Sets of hidden pixels that were drawn for each image; `nil` for an exact likelihood.
  let draws: Int?

  var json: JSON {
    let rest: JSON.Member =
      draws.map { .init("samples", JSON($0)) } ?? .init("log_likelihood", JSON(nats))
    return .object([
      .init("part", "test"), .init("examples", JSON(images)), .init("bound", JSON(nats)), rest,
    ])
  }

  var lines: [String] {
    let figure = decimal(nats, 3)
    guard let draws else {
      return [
        "test images      \(images)", "test likelihood  \(figure) nats, its logarithm, exact",
      ]
    }
    return [
      "test images      \(images)",
      "test bound       \(figure) nats, the mean over all orders, by \(draws) set\(draws == 1 ? "" : "s") of hidden pixels an image",
    ]
  }
}
