public import Tensors

/// Sequences to sort, and their orders.
public struct SortingBatch: Sendable {
  /// `[sequences, n] + item`.
  public let items: Tensor
  /// The item that belongs at each place, the largest number first, `[sequences, n]`.
  public let order: Indices
  /// The numbers of the items, as far as a `Scalar` holds them, `[sequences, n]`.
  public let values: Tensor

  init(items: Tensor, values: [Double], length n: Int) {
    self.items = items
    self.values = Tensor(values.map { Scalar($0) }, shape: [values.count / n, n])
    order = Indices(shape: [values.count / n, n]) { buffer in
      for start in stride(from: 0, to: values.count, by: n) {
        let sorted = (0..<n).sorted {
          (values[start + $1], $0) < (values[start + $0], $1)
        }
        for (place, item) in sorted.enumerated() { buffer[start + place] = Int32(item) }
      }
    }
  }
}

/// An endless supply of sequences; sequence i of a batch is a function of the generator handed in
/// and of i.
public protocol SortingData: Sendable {
  /// Items in a sequence.
  var length: Int { get }

  func batch(_ sequences: Int, from generator: Philox) -> SortingBatch
}

/// Numbers drawn uniformly from 0...1; of equal ones the earlier goes first.
public struct PlainNumbers: SortingData {
  public let length: Int

  /// Traps unless the length is positive.
  public init(length: Int) {
    require(length >= 1, "sequences of \(length) numbers")
    self.length = length
  }

  public func batch(_ sequences: Int, from generator: Philox) -> SortingBatch {
    var values: [Double] = []
    for sequence in 0..<sequences {
      var own = generator.folding(UInt64(sequence))
      for _ in 0..<length { values.append(Double(own.next() >> 40) * 0x1p-24) }
    }
    return SortingBatch(
      items: Tensor(values.map { Scalar($0) }, shape: [sequences, length]), values: values,
      length: length)
  }
}

/// Numbers of some digits, each an image of digits side by side.
///
/// The numbers of a sequence are drawn uniformly and differ, so that there is one order; each of
/// their digits is an image with that label, drawn uniformly. Labels have no other use.
public struct DigitSequences: SortingData {
  public let length: Int
  /// Digits in a number, leading zeros among them.
  public let digits: Int
  private let images: ImageSet
  /// The images of each digit.
  private let byDigit: [[Int]]

  /// How many numbers have so many digits.
  public static func numberCount(digits: Int) -> Int { (0..<digits).reduce(1) { n, _ in n * 10 } }

  /// Traps unless there are images labeled with each of 0 to 9, and enough numbers of so many
  /// digits, nine at most.
  public init(images: ImageSet, length: Int, digits: Int) {
    require((1...9).contains(digits), "numbers of \(digits) digits")
    require(
      length >= 1 && length <= DigitSequences.numberCount(digits: digits),
      "\(length) different numbers of \(digits) digits")
    var byDigit = [[Int]](repeating: [], count: 10)
    for image in 0..<images.count {
      if let label = images.label(of: image), label < 10 { byDigit[label].append(image) }
    }
    for (digit, own) in byDigit.enumerated() {
      require(!own.isEmpty, "no image is labeled \(digit)")
    }
    self.images = images
    self.length = length
    self.digits = digits
    self.byDigit = byDigit
  }

  /// Height and width of a number.
  public var size: (height: Int, width: Int) { (images.height, images.width * digits) }

  public func batch(_ sequences: Int, from generator: Philox) -> SortingBatch {
    var values: [Double] = []
    let (height, width) = (images.height, images.width)
    let (scale, count) = (1 / Scalar(images.maximum), DigitSequences.numberCount(digits: digits))
    let items = Tensor(shape: [sequences, length, height, digits * width]) { buffer in
      guard let base = buffer.baseAddress else { return }
      for sequence in 0..<sequences {
        var own = generator.folding(UInt64(sequence))
        var seen: Set<Int> = []
        for item in 0..<length {
          var number = Int.random(in: 0..<count, using: &own)
          while !seen.insert(number).inserted { number = Int.random(in: 0..<count, using: &own) }
          values.append(Double(number))
          let target = base + (sequence * length + item) * height * digits * width
          // From the last digit to the first.
          for digit in stride(from: digits - 1, through: 0, by: -1) {
            let image = byDigit[number % 10].randomElement(using: &own) ?? 0
            number /= 10
            images.withPixels(of: image) { pixels in
              for row in 0..<height {
                for column in 0..<width {
                  target[(row * digits + digit) * width + column] =
                    Scalar(pixels[row * width + column]) * scale
                }
              }
            }
          }
        }
      }
    }
    return SortingBatch(items: items, values: values, length: length)
  }
}
