public import Learning

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension RankGroup {
  /// Results of pieces of work that do not need each other, each done by one of the ranks, in their
  /// order on all of them.
  ///
  /// - Parameter report: called with each result in its order, as early as it is there.
  @discardableResult
  public func map<Result: Codable>(
    _ pieces: Int, report: (Result) throws -> Void = { _ in }, _ work: (Int) throws -> Result
  ) throws -> [Result] {
    var results: [Result] = []
    func take(_ result: Result) throws {
      try report(result)
      results.append(result)
    }
    guard count > 1 else {
      for piece in 0..<pieces { try take(work(piece)) }
      return results
    }
    let (encoder, decoder) = (JSONEncoder(), JSONDecoder())
    let names = (positive: "inf", negative: "-inf", nan: "nan")
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: names.positive, negativeInfinity: names.negative, nan: names.nan)
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: names.positive, negativeInfinity: names.negative, nan: names.nan)
    try spread(
      pieces,
      report: { text in
        try take(decoder.decode([Result].self, from: Data(text.utf8))[0])
      },
      { piece in
        String(decoding: try encoder.encode([try work(piece)]), as: UTF8.self)
      })
    return results
  }
}
