public import Formats
import Tensors

/// A data set of images, split for training, choosing and testing.
public struct ImageData: Sendable {
  /// The images that the model learns from.
  public let training: ImageSet
  /// The images by which the best checkpoint is chosen.
  public let validation: ImageSet
  /// The images on which the final figures are computed.
  public let test: ImageSet

  /// A data set of given parts; traps unless all images have one size.
  public init(training: ImageSet, validation: ImageSet, test: ImageSet) {
    for other in [validation, test] {
      require(
        other.height == training.height && other.width == training.width,
        "images of \(other.width) x \(other.height) and \(training.width) x \(training.height)")
    }
    self.training = training
    self.validation = validation
    self.test = test
  }

  /// A digest of all parts.
  ///
  /// O(pixels).
  public var digest: String {
    Digest.sha256(ofTexts: [training, validation, test].map(\.digest))
  }
}

extension ImageData {
  /// Reads a folder of IDX files, plain or gzip, by the canonical names.
  ///
  /// `train-` and `t10k-images-idx3-ubyte`, with `-labels-idx1-ubyte` where they exist; the last
  /// sixth of the training images validates, and is kept out of training when `holdOut` says so. Or
  /// `train-`, `valid-` and `test-images-idx3-ubyte`, as the fixed binarized MNIST comes. Throws
  /// `FormatError` for a file that is missing or not what its name says.
  public init(folder: String, holdOut: Bool = false) throws(FormatError) {
    guard try fileExists(folder) else {
      throw FormatError(.missing, "\(folder): there is no such folder of images")
    }
    let training = try ImageSet(folder: folder, part: "train")
    if let path = try ImageSet.file("valid-images-idx3-ubyte", in: folder) {
      let validation = try ImageSet(folder: folder, part: "valid", like: training)
      let test = try ImageSet(folder: folder, part: "test", like: training)
      guard validation.count > 0 else { throw .malformed(path, "no images") }
      self.init(training: training, validation: validation, test: test)
    } else {
      let test = try ImageSet(folder: folder, part: "t10k", like: training)
      let held = max(training.count / 6, 1)
      guard training.count > held else {
        throw .malformed(folder, "\(training.count) training images, at least 2 are needed")
      }
      self.init(
        training: holdOut ? training[0..<training.count - held] : training,
        validation: training[training.count - held..<training.count], test: test)
    }
  }
}

extension ImageSet {
  /// The path of a file of that name in a folder, plain or gzip; `nil` when there is neither.
  fileprivate static func file(
    _ name: String, in folder: String
  ) throws(FormatError) -> String? {
    for path in ["\(folder)/\(name)", "\(folder)/\(name).gz"] {
      if try fileExists(path) { return path }
    }
    return nil
  }

  fileprivate init(folder: String, part: String, like other: ImageSet? = nil) throws(FormatError) {
    let name = "\(part)-images-idx3-ubyte"
    guard let path = try ImageSet.file(name, in: folder) else {
      throw FormatError(.missing, "\(folder): neither \(name) nor \(name).gz is there")
    }
    let images = try IDX(path, rank: 3)
    let (count, height, width) = (images.shape[0], images.shape[1], images.shape[2])
    guard count > 0, height > 0, width > 0 else {
      throw .malformed(path, "\(count) images of \(width) x \(height), at least one was expected")
    }
    if let other, other.height != height || other.width != width {
      throw .malformed(
        path,
        "images of \(width) x \(height), those of training are \(other.width) x \(other.height)")
    }
    var labels: IDX?
    if let labelPath = try ImageSet.file("\(part)-labels-idx1-ubyte", in: folder) {
      let read = try IDX(labelPath, rank: 1)
      guard read.shape[0] == count else {
        throw .malformed(labelPath, "\(read.shape[0]) labels for the \(count) images of \(path)")
      }
      labels = read
    }
    self.init(
      count: count, height: height, width: width, bytes: images.bytes, pixelStart: images.start,
      labels: labels?.bytes, labelStart: labels?.start ?? 0)
  }
}
