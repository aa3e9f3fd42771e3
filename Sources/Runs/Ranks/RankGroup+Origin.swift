import Formats
public import Learning

extension RankGroup {
  /// Throws unless all ranks have the same settings, data, arithmetic and version of the program;
  /// headers name the configuration from then on.
  ///
  /// - Throws: `Failure` of kind `badConfiguration` that names a rank, and what it has in place of
  ///   what rank 0 has.
  public func agree(on origin: Origin) throws {
    guard count > 1 else { return }
    let texts = origin.texts.merging(["version": RunEnvironment.version]) { own, _ in own }
    let own = JSON.object(texts.sorted { $0.key < $1.key }.map { .init($0.key, JSON($0.value)) })
    let all = try gather(own.description)
    guard let other = all.firstIndex(where: { $0 != all[0] }) else {
      let digest = Digest.sha256(of: Array(all[0].utf8)).prefix(16)
      return setConfiguration(digest: UInt64(digest, radix: 16) ?? 0)
    }
    let (first, second) = (try JSON(parsing: all[0].utf8), try JSON(parsing: all[other].utf8))
    throw Failure(
      .badConfiguration, "rank \(other) has \(try difference(of: second, from: first))")
  }

  private func difference(of other: JSON, from first: JSON) throws -> String {
    let key = texts(first, other).first { $0.mine != $0.others }
    guard let key else { return "another configuration than rank 0" }
    guard key.name == "settings" else {
      return "\(key.name) \(key.others), rank 0 \(key.mine)"
    }
    let (mine, others) = (try JSON(parsing: key.mine.utf8), try JSON(parsing: key.others.utf8))
    let setting = texts(mine, others).first { $0.mine != $0.others }
    return setting.map { "\($0.name) \($0.others), rank 0 \($0.mine)" }
      ?? "other settings than rank 0"
  }

  private func texts(
    _ first: JSON, _ other: JSON
  ) -> [(name: String, mine: String, others: String)] {
    guard case .object(let members) = first, case .object(let rest) = other else { return [] }
    let names = members.map(\.key) + rest.map(\.key).filter { first[$0] == nil }
    func text(_ value: JSON?) -> String { value.map { $0.string ?? $0.description } ?? "unset" }
    return names.map { ($0, text(first[$0]), text(other[$0])) }
  }
}
