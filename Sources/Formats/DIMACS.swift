/// Clauses with weights, from the text of DIMACS: `p cnf` variables clauses, or `p wcnf` with a
/// weight before each clause and perhaps the weight of hard ones at the end of the head.
package struct DIMACS: Sendable {
  package static let most = 1 << 16

  package let variables: Int
  /// Literals from 1, negative where negated, and a weight; `nil` for a clause that has to hold.
  package let clauses: [(literals: [Int], weight: Double?)]

  /// Reads a file; throws `FormatError` that names the line.
  package init(_ path: String) throws(FormatError) {
    var words = try NumberWords(path) { $0.first == UInt8(ascii: "c") }
    guard try words.word("p") == "p" else { throw words.error("expected 'p cnf' or 'p wcnf'") }
    let kind = try words.word("cnf or wcnf")
    guard ["cnf", "wcnf"].contains(kind) else {
      throw words.error("'\(kind.prefix(40))', expected cnf or wcnf")
    }
    variables = try words.whole("the number of variables", in: 1...DIMACS.most)
    let count = try words.whole("the number of clauses", in: 0...(1 << 24))
    let top = kind == "wcnf" && words.hasMoreInLine ? try words.number("the hard weight") : nil
    var clauses: [(literals: [Int], weight: Double?)] = []
    for clause in 0..<count {
      let what = "clause \(clause + 1) of \(count)"
      let weight = kind == "wcnf" ? try words.number("the weight of \(what)") : 1
      var literals: [Int] = []
      while true {
        let literal = try words.whole("a literal of \(what)", in: -variables...variables)
        if literal == 0 { break }
        literals.append(literal)
      }
      clauses.append((literals, top.map { weight >= $0 } == true ? nil : weight))
    }
    try words.end(after: "\(count) clauses")
    self.clauses = clauses
  }
}
