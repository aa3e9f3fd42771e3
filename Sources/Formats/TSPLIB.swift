import RealModule

/// The distances of a traveling salesman's problem from a file of TSPLIB.
///
/// Coordinates with `EUC_2D`, `CEIL_2D`, `ATT` or `GEO`, or explicit weights as a full matrix,
/// upper rows, or lower rows with a diagonal.
package struct TSPLIB: Sendable {
  package static let most = 4096

  package let size: Int
  /// Row by row.
  package let distances: [Double]

  /// Reads a file; throws `FormatError` that names the line.
  package init(_ path: String) throws(FormatError) {
    let bytes = try fileBytes(path, atMost: MemoryBudget.textBytes)
    var fields: [String: String] = [:]
    var (section, first, last) = ("", 0, 0)
    let lines = Array(try TextLines(bytes, path: path))
    for (number, line) in lines {
      let text = String(decoding: line, as: UTF8.self)
      let sides = text.split(separator: ":", maxSplits: 1).map {
        String(decoding: Array($0.utf8)[...].trimmed, as: UTF8.self)
      }
      guard let key = sides.first else { continue }
      if key.hasSuffix("_SECTION"), section.isEmpty || first == 0 {
        (section, first) = (key, number)
      } else if sides.count == 2 {
        fields[key] = sides[1]
      } else if first > 0, last == 0, key == "EOF" || key.hasSuffix("_SECTION") {
        last = number
      }
    }
    guard let size = fields["DIMENSION"].flatMap({ Int($0) }), (1...TSPLIB.most).contains(size)
    else {
      throw .malformed(
        path, "DIMENSION is \(fields["DIMENSION"] ?? "missing"), expected 1 to \(TSPLIB.most)")
    }
    self.size = size
    let end = last == 0 ? Int.max : last
    var words = NumberWords(path, lines: lines.filter { $0.number > first && $0.number < end })
    let type = fields["EDGE_WEIGHT_TYPE"] ?? "missing"
    if section == "NODE_COORD_SECTION", let distance = TSPLIB.distance(type) {
      var places: [(Double, Double)] = []
      for node in 1...size {
        let number = try words.whole("node \(node) of \(size)", in: 1...size)
        guard number == node else { throw words.error("node \(number), expected \(node)") }
        places.append((try words.number("a coordinate"), try words.number("a coordinate")))
      }
      distances = places.indices.flatMap { i in
        places.indices.map { i == $0 ? 0 : distance(places[i], places[$0]) }
      }
    } else if section == "EDGE_WEIGHT_SECTION", type == "EXPLICIT" {
      distances = try TSPLIB.matrix(fields["EDGE_WEIGHT_FORMAT"] ?? "missing", size, &words)
    } else {
      throw .malformed(path, "EDGE_WEIGHT_TYPE is \(type) with \(section), which is not known here")
    }
    try words.end(after: "\(size) nodes")
  }

  private static func matrix(
    _ format: String, _ size: Int, _ words: inout NumberWords
  ) throws(FormatError) -> [Double] {
    var result = [Double](repeating: 0, count: size * size)
    for i in 0..<size {
      let columns: Range<Int>
      switch format {
      case "FULL_MATRIX": columns = 0..<size
      case "UPPER_ROW": columns = (i + 1)..<size
      case "UPPER_DIAG_ROW": columns = i..<size
      case "LOWER_DIAG_ROW": columns = 0..<(i + 1)
      default: throw words.error("EDGE_WEIGHT_FORMAT is \(format), which is not known here")
      }
      for j in columns {
        let value = try words.number("the weight of \(i + 1) and \(j + 1)")
        result[i * size + j] = value
        if format != "FULL_MATRIX" { result[j * size + i] = value }
      }
    }
    return result
  }

  private static func distance(
    _ type: String
  ) -> ((_ a: (Double, Double), _ b: (Double, Double)) -> Double)? {
    func length(_ a: (Double, Double), _ b: (Double, Double)) -> Double {
      let (x, y) = (a.0 - b.0, a.1 - b.1)
      return (x * x + y * y).squareRoot()
    }
    switch type {
    case "EUC_2D": return { (length($0, $1) + 0.5).rounded(.down) }
    case "CEIL_2D": return { length($0, $1).rounded(.up) }
    case "ATT": return { (length($0, $1) / Double(10).squareRoot()).rounded(.up) }
    case "GEO": return geographic
    default: return nil
    }
  }

  /// Kilometers on the idealized earth of TSPLIB, of degrees and minutes as DDD.MM.
  private static func geographic(_ a: (Double, Double), _ b: (Double, Double)) -> Double {
    func radians(_ value: Double) -> Double {
      let degrees = value.rounded(.towardZero)
      return 3.141592 * (degrees + 5 * (value - degrees) / 3) / 180
    }
    let q1 = Double.cos(radians(a.1) - radians(b.1))
    let q2 = Double.cos(radians(a.0) - radians(b.0))
    let q3 = Double.cos(radians(a.0) + radians(b.0))
    return (6378.388 * Double.acos(0.5 * ((1 + q1) * q2 - (1 - q1) * q3)) + 1).rounded(.down)
  }
}
