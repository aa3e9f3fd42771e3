import Codes
import Datasets
import Formats
package import Runs
import Tensors

/// The rates of runs against seconds of training, beside those of coders that train nothing.
///
/// A rate is the bound of the validation images that a training has logged; the coders have written
/// the same bits.
package struct RateCurves {
  package static let name = "rate-against-time"
  package static let caption =
    "rates of runs on their validation images against seconds of training"

  let curves: [LineChart.Series]
  private let images: Int

  /// - Parameters:
  ///   - paths: run folders.
  ///   - lines: other rates to draw, as in `published=0.19`.
  /// - Throws: `Failure` for no runs, runs without a bound of images or one that was logged, runs
  ///   on other bits than the first, and lines that are no rates; `FormatError` for files that are
  ///   missing or damaged.
  package init(runs paths: [String], lines: [String]) throws {
    guard let first = paths.first else {
      throw Failure(.usage, "\(RateCurves.name) draws runs, of which none is given")
    }
    let known = try lines.map { try RateCurves.rate($0) }
    let images = try RateCurves.images(of: first)
    for path in paths.dropFirst() {
      guard try RateCurves.images(of: path).pixels == images.pixels else {
        throw Failure(
          .badData, "\(path): its validation images are other bits than those of \(first)")
      }
    }
    let trained = try paths.map { try RateCurves.series($0, width: images.width * images.height) }
    let seconds = trained.flatMap { $0.points.map(\.x) }
    // The coders of bytes lie above every curve.
    let peers = [ContextCoder.Template.ten, .sixteen].map { template in
      let file = CompressedFile(images, template: template)
      return (name: template.name, rate: Double(file.bits) / Double(file.symbols))
    }
    self.images = images.count
    curves =
      trained
      + (peers + known).map { name, rate in
        .init(name: name, points: [seconds.min() ?? 1, seconds.max() ?? 1].map { ($0, rate) })
      }
  }

  package var drawing: Drawing {
    LineChart(
      title: "\(images) validation images, without the models' bytes",
      panels: [
        .init(
          title: "rate against training", xLabel: "seconds of training", yLabel: "bits a pixel",
          x: .logarithmic, series: curves)
      ]
    ).drawing()
  }

  /// The bits that the bounds of a run were measured on.
  private static func images(of path: String) throws -> BinaryImages {
    let model = try CodedKind.model(of: path, expecting: .images)
    let table = BoundModel(rawValue: model)?.settings ?? MADESettings.all
    var settings = try Settings(of: RunFolder(opening: path), table)
    let run = try ImageTraining(&settings)
    let validation = try run.images(.never).validation
    return BinaryImages(validation, in: run.batches(evaluating: validation))
  }

  private static func series(_ path: String, width: Int) throws -> LineChart.Series {
    let folder = try RunFolder(opening: path)
    let logged = Curves(try Metrics(folder).lines())["validation_bound"]?.points ?? []
    let points = logged.compactMap { point in
      point.seconds.map { (x: $0, y: -point.value / (nat * Double(width))) }
    }
    guard !points.isEmpty else {
      throw Failure(.badData, "\(path): has logged no bound of validation images yet")
    }
    return .init(name: path.split(separator: "/").last.map(String.init) ?? path, points: points)
  }

  private static func rate(_ line: String) throws -> (name: String, rate: Double) {
    let parts = line.split(separator: "=").map(String.init)
    guard parts.count == 2, let rate = Double(parts[1]), rate > 0, rate.isFinite else {
      throw Failure(.usage, "line is '\(line)', expected NAME=RATE as in 'published=0.19'")
    }
    return (parts[0], rate)
  }
}
