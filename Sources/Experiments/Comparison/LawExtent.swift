/// The numbers of a problem that a law needs beside its parameters: how many items it takes, or the
/// shape of a structure.
struct LawExtent: Sendable {
  /// The member of a problem that has them.
  let member: String
  /// The names of the numbers of a list, which are options of a built-in problem; empty where the
  /// member is a single number.
  let names: [String]
  /// The numbers of a small law.
  let example: [Int]
  /// The number of parameters of these numbers; `nil` where the parameters say it.
  let parameters: (@Sendable ([Int]) -> Int)?
  /// Numbers in the sums over a structure of these numbers at most; 0 without a structure.
  let sums: @Sendable ([Int]) -> Int

  /// A number of items that are chosen or placed, at most as many as there are.
  static func count(_ member: String) -> LawExtent {
    LawExtent(member: member, names: [], example: [2], parameters: nil) { _ in 0 }
  }

  /// The shape of a structure, with its number of parts.
  ///
  /// - Parameter sums: one for each part by default.
  static func shape(
    _ names: [String], example: [Int], sums: (@Sendable ([Int]) -> Int)? = nil,
    parts: @escaping @Sendable ([Int]) -> Int
  ) -> LawExtent {
    LawExtent(
      member: "shape", names: names, example: example, parameters: parts, sums: sums ?? parts)
  }

  /// The member as help shows it.
  var usage: String {
    names.isEmpty ? member : "\(member) [\(names.joined(separator: ", "))]"
  }
}
