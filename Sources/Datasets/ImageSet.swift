import Formats
public import Tensors

/// Gray images of one size, with labels or without.
///
/// A value over one buffer of bytes; slices share it.
public struct ImageSet: Sendable {
  /// Rows of pixels.
  public let height: Int
  /// Pixels in a row.
  public let width: Int
  /// Whether pixels are 0 and 1 instead of 0 to 255.
  public let isBinary: Bool
  private let bytes: [UInt8]
  private let labelBytes: [UInt8]?
  private let pixelStart: Int
  private let labelStart: Int
  private let range: Range<Int>

  /// Images of bytes, one after another from `pixelStart` on; likewise their labels.
  ///
  /// Traps unless there are as many as stated.
  package init(
    count: Int, height: Int, width: Int, bytes: [UInt8], pixelStart: Int = 0,
    labels: [UInt8]? = nil, labelStart: Int = 0
  ) {
    require(bytes.count >= pixelStart + count * height * width, "too few pixels")
    require(labels.map { $0.count >= labelStart + count } ?? true, "too few labels")
    self.height = height
    self.width = width
    self.bytes = bytes
    self.labelBytes = labels
    self.pixelStart = pixelStart
    self.labelStart = labelStart
    range = 0..<count
    isBinary = bytes[pixelStart...].allSatisfy { $0 <= 1 }
  }

  private init(_ other: ImageSet, range: Range<Int>) {
    height = other.height
    width = other.width
    isBinary = other.isBinary
    bytes = other.bytes
    labelBytes = other.labelBytes
    pixelStart = other.pixelStart
    labelStart = other.labelStart
    self.range = range
  }

  /// Number of images.
  public var count: Int { range.count }

  /// Pixels of one image.
  public var pixelCount: Int { height * width }

  /// The brightness of a fully lit pixel.
  public var maximum: UInt8 { isBinary ? 1 : 255 }

  /// The images of a range, without a copy; traps outside `0..<count`.
  public subscript(bounds: Range<Int>) -> ImageSet {
    require(
      bounds.lowerBound >= 0 && bounds.upperBound <= count, "\(bounds) of \(count) images")
    return ImageSet(
      self, range: range.lowerBound + bounds.lowerBound..<range.lowerBound + bounds.upperBound)
  }

  /// The pixels of an image, row by row from the top.
  public func pixels(of image: Int) -> [UInt8] {
    withPixels(of: image) { Array($0) }
  }

  /// The label of an image; `nil` when there are none.
  public func label(of image: Int) -> Int? {
    require(image >= 0 && image < count, "image \(image) of \(count)")
    return labelBytes.map { Int($0[labelStart + range.lowerBound + image]) }
  }

  /// Whether the images are labeled.
  public var isLabeled: Bool { labelBytes != nil }

  /// A digest of their size, pixels and labels, the same wherever they came from.
  ///
  /// O(pixels).
  public var digest: String {
    let labels = labelBytes.map { bytes in
      Digest.sha256(of: Array(bytes[(labelStart + range.lowerBound)...].prefix(count)))
    }
    let pixels = withPixels { Digest.sha256(of: UnsafeRawBufferPointer($0)) }
    return Digest.sha256(ofTexts: ["\(count) x \(height) x \(width)", pixels, labels ?? ""])
  }

  package func withPixels<R>(of image: Int, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    require(image >= 0 && image < count, "image \(image) of \(count)")
    let start = pixelStart + (range.lowerBound + image) * pixelCount
    return bytes.withUnsafeBufferPointer { buffer in
      body(UnsafeBufferPointer(rebasing: buffer[start..<start + pixelCount]))
    }
  }

  /// The pixels of all images, one after another.
  package func withPixels<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    bytes.withUnsafeBufferPointer { buffer in
      let start = pixelStart + range.lowerBound * pixelCount
      return body(UnsafeBufferPointer(rebasing: buffer[start..<start + count * pixelCount]))
    }
  }

  /// The mean image [height · width], values in [0, 1]; zeros when there are no images.
  public var mean: Tensor {
    var sums = [UInt32](repeating: 0, count: pixelCount)
    withPixels { pixels in
      guard let base = pixels.baseAddress else { return }
      for image in 0..<count {
        let row = base + image * pixelCount
        for pixel in 0..<pixelCount { sums[pixel] &+= UInt32(row[pixel]) }
      }
    }
    let scale = Scalar(max(count, 1)) * Scalar(maximum)
    return Tensor(sums.map { Scalar($0) / scale })
  }
}
