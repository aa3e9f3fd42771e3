import Tensors

/// One value of an event as TensorBoard shows it, under a tag.
struct SummaryValue {
  let message: ProtobufMessage

  private init(_ tag: String, _ build: (inout ProtobufMessage) -> Void) {
    message = ProtobufMessage { value in
      value.add(Field.tag, tag)
      build(&value)
    }
  }

  /// Numbers of the fields of `Summary.Value`.
  private enum Field {
    static let tag = 1
    static let scalar = 2
    static let image = 4
    static let histogram = 5
    static let tensor = 8
    static let metadata = 9
  }

  static func scalar(_ tag: String, _ value: Double) -> SummaryValue {
    SummaryValue(tag) { $0.add(Field.scalar, Float(value)) }
  }

  /// A gray picture, of which its file says the size.
  static func image(_ tag: String, png: [UInt8]) -> SummaryValue {
    // Signature, length and name of the first part come before width and height.
    func side(at place: Int) -> Int {
      png.dropFirst(place).prefix(4).reduce(0) { $0 << 8 | Int($1) }
    }
    let image = ProtobufMessage { image in
      image.add(1, side(at: 20))
      image.add(2, side(at: 16))
      // One channel or three, as the kind of the picture says.
      image.add(3, png.dropFirst(25).first == 2 ? 3 : 1)
      image.add(4, png)
    }
    return SummaryValue(tag) { $0.add(Field.image, image) }
  }

  /// How finite values are spread over thirty equal parts of their range; `nil` where there is
  /// none.
  static func histogram(_ tag: String, _ values: Tensor) -> SummaryValue? {
    let numbers = values.scalars.lazy.map { Double($0) }.filter(\.isFinite)
    guard let least = numbers.min(), let most = numbers.max() else { return nil }
    let count = least < most ? 30 : 1
    let width = (most - least) / Double(count)
    var buckets = [Double](repeating: 0, count: count)
    var (number, sum, squares) = (0.0, 0.0, 0.0)
    for value in numbers {
      buckets[width > 0 ? min(count - 1, Int((value - least) / width)) : 0] += 1
      number += 1
      sum += value
      squares += value * value
    }
    // The last limit is the maximum itself, whatever rounding makes of the sum.
    let limits = (1...count).map { $0 == count ? most : least + Double($0) * width }
    let histogram = ProtobufMessage { histogram in
      for (field, value) in [least, most, number, sum, squares].enumerated() {
        histogram.add(field + 1, value)
      }
      histogram.add(6, limits)
      histogram.add(7, buckets)
    }
    return SummaryValue(tag) { $0.add(Field.histogram, histogram) }
  }

  /// Texts, a row each.
  static func texts(_ tag: String, _ texts: [String]) -> SummaryValue {
    let tensor = ProtobufMessage { tensor in
      tensor.add(1, ElementType.string)
      tensor.add(2, shape(texts.count))
      for text in texts { tensor.add(8, text) }
    }
    return SummaryValue(tag) { value in
      value.add(Field.tensor, tensor)
      value.add(Field.metadata, metadata(of: "text"))
    }
  }

  /// The value that the plug-in of hyper-parameters reads; its message stands in the metadata.
  static func hyperParameters(_ tag: String, _ content: ProtobufMessage) -> SummaryValue {
    let nothing = ProtobufMessage { tensor in
      tensor.add(1, ElementType.float)
      tensor.add(2, shape(1))
      tensor.add(5, Float(0))
    }
    return SummaryValue(tag) { value in
      value.add(Field.tensor, nothing)
      value.add(Field.metadata, metadata(of: "hparams", content))
    }
  }

  private enum ElementType {
    static let float = 1
    static let string = 7
  }

  /// The shape of a vector.
  private static func shape(_ count: Int) -> ProtobufMessage {
    let axis = ProtobufMessage { $0.add(1, count) }
    return ProtobufMessage { $0.add(2, axis) }
  }

  private static func metadata(
    of plugin: String, _ content: ProtobufMessage? = nil
  ) -> ProtobufMessage {
    let data = ProtobufMessage { data in
      data.add(1, plugin)
      if let content { data.add(2, content) }
    }
    return ProtobufMessage { metadata in
      metadata.add(1, data)
      // A tensor.
      metadata.add(4, 2)
    }
  }
}
