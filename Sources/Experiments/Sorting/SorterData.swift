import Datasets
import Runs
import Tensors

/// Sequences to learn from, to choose by and to test on.
struct SorterData: Sendable {
  let training: any SortingData
  let validation: any SortingData
  let test: any SortingData
  /// The size of an item that is an image.
  let size: (height: Int, width: Int)?
  /// The digest of the images; empty for numbers.
  let digest: String

  /// - Parameter name: other data than the configuration's.
  init(_ configuration: SorterConfiguration, named name: String? = nil) throws {
    let name = name ?? configuration.data
    let isPlain = name == SorterConfiguration.numbers
    guard isPlain == configuration.isPlain else {
      throw Failure(
        .usage,
        "data is '\(name)', but the run sorts \(isPlain ? "images of numbers" : "plain numbers")")
    }
    guard !isPlain else {
      let numbers = PlainNumbers(length: configuration.length)
      (training, validation, test) = (numbers, numbers, numbers)
      (size, digest) = (nil, "")
      return
    }
    let images = try loadImages(name, holdOut: true)
    guard images.training.height >= 4, images.training.width >= 4 else {
      throw Failure(
        .badData,
        "\(name): images of \(images.training.width) x \(images.training.height), those of digits are 4 x 4 at least"
      )
    }
    func sequences(_ set: ImageSet, _ part: String) throws -> DigitSequences {
      guard set.isLabeled else {
        throw Failure(
          .badData, "\(name): the \(part) images have no labels, which give the order")
      }
      let labels = Set((0..<set.count).compactMap { set.label(of: $0) })
      if let missing = (0..<10).first(where: { !labels.contains($0) }) {
        throw Failure(.badData, "\(name): none of the \(part) images is labeled \(missing)")
      }
      return DigitSequences(
        images: set, length: configuration.length, digits: configuration.digits)
    }
    let training = try sequences(images.training, "training")
    self.training = training
    validation = try sequences(images.validation, "validation")
    test = try sequences(images.test, "test")
    size = training.size
    digest = images.digest
  }
}
