/// A text that may break after its commas, as the options of an estimator.
func breakable(_ text: String) -> String { html(text).replacing(",", with: ",<wbr>") }

/// A table of texts, whose first row has the titles; columns of numbers stand to the right.
func htmlTable(_ rows: [[String]], numbers: Set<Int> = []) -> String {
  func row(_ cells: [String], _ tag: String) -> String {
    let cells = cells.enumerated().map { column, text in
      "<\(tag)\(numbers.contains(column) ? " class=\"number\"" : "")>\(breakable(text))</\(tag)>"
    }
    return "<tr>\(cells.joined())</tr>"
  }
  guard let titles = rows.first else { return "" }
  let body = rows.dropFirst().map { row($0, "td") }.joined(separator: "\n")
  return """
    <div class="scroll"><table>
    <thead>\(row(titles, "th"))</thead>
    <tbody>
    \(body)
    </tbody>
    </table></div>

    """
}

/// Bytes as an address that holds them itself.
func dataAddress(_ type: String, _ bytes: [UInt8]) -> String {
  "data:\(type);base64,\(base64(bytes))"
}

private func base64(_ bytes: [UInt8]) -> String {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var result: [UInt8] = []
  result.reserveCapacity((bytes.count + 2) / 3 * 4)
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let part = bytes[start..<min(bytes.count, start + 3)]
    let value = part.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - part.count))
    for place in 0...3 {
      result.append(
        place <= part.count ? alphabet[value >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
    }
  }
  return String(decoding: result, as: UTF8.self)
}
