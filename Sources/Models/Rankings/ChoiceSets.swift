import Formats
import Tensors

/// Rankings taken apart for fitting: in every stage one place is filled from the items that remain.
///
/// The sets of one ranking are nested, so they are stored as a chain: the items in the order in
/// which they join, from the last place to the first, and the sizes at which a set is complete. A
/// set of up to 64 items that several rankings share is stored once. A pass over all sets takes
/// O(items) for each chain, of which there are at most as many as distinct rankings.
struct ChoiceSets: Sendable {
  /// Where a chain stands in the arrays.
  struct Chain: Sendable {
    let start: Int
    let sets: Range<Int>
  }

  /// A choice from a set, and how often it was made.
  struct Choice: Sendable {
    let set: Int32
    let winner: Int32
    var weight: Double
  }

  /// Number of items.
  private(set) var items: Int
  /// The items of every chain as they join, one chain after the other, and where each begins.
  private(set) var members: [Int32] = []
  /// The chains: where each begins in `members`, and its sets from the smallest.
  private(set) var chains: [Chain] = []
  /// Sizes of the sets, and how often something was chosen from each.
  private(set) var sizes: [Int] = []
  private(set) var weights: [Double] = []
  /// The winners of every stage, in no order; none where ties are allowed.
  private(set) var choices: [Choice] = []
  /// Per item its wins; a tie of k items is the k-th part of a win for each.
  private(set) var wins: [Double]
  /// At k how often k items were tied, at 1 how often there was no tie; a last item is not a choice
  /// and does not count.
  private(set) var ties: [Double]

  /// The stages of rankings.
  ///
  /// - Parameter strict: without ties; a tie of all that is left over is read as a ranking that
  ///   ends before it.
  ///
  /// Items that a ranking does not name belong to its sets, or do not, as the rankings say.
  ///
  /// Throws `RankingFitError`: `tie` for any other tie where there should be none, `tooLarge`.
  init(_ rankings: Rankings, strict: Bool) throws(RankingFitError) {
    items = rankings.items.count
    guard items <= RankingFitError.mostItems else {
      throw .tooLarge("\(items) items, expected at most \(RankingFitError.mostItems)")
    }
    wins = Array(repeating: 0, count: items)
    ties = [0, 0]
    var known: [UInt64: Int] = [:]
    // Long rankings first: their chains hold the sets of short ones, too.
    let lengths = rankings.entries.map(\.groups.count)
    for index in lengths.indices.sorted(by: { lengths[$0] > lengths[$1] }) {
      let entry = rankings.entries[index]
      if strict { try Self.checkStrict(entry, of: rankings) }
      add(entry, strict: strict, completed: rankings.unnamed == .last, known: &known)
      guard members.count <= 1 << 28 else {
        throw .tooLarge("distinct rankings of more than 2^28 places, leave some out")
      }
    }
  }

  private static func checkStrict(
    _ entry: Rankings.Entry, of rankings: Rankings
  ) throws(RankingFitError) {
    guard let place = entry.groups.firstIndex(where: { $0.count > 1 }) else { return }
    let before = entry.groups[..<place].reduce(0) { $0 + $1.count }
    let group = entry.groups[place]
    let all = rankings.unnamed == .last ? rankings.items.count : entry.count
    guard before + group.count == all else {
      throw .tie(items: group.map { rankings.items[$0] }, line: entry.line)
    }
  }

  /// - Parameter completed: with the items that it does not name behind the items that it names.
  private mutating func add(
    _ entry: Rankings.Entry, strict: Bool, completed: Bool, known: inout [UInt64: Int]
  ) {
    let weight = Double(entry.multiplicity)
    var fresh: [(size: Int, mask: UInt64, winner: Int)] = []
    var size = completed ? items : entry.count
    var mask: UInt64 = 0
    if items <= 64 {
      for item in completed ? Array(0..<items) : Array(entry.groups.joined()) { mask |= 1 << item }
    }
    for group in entry.groups where size > 1 && !(strict && group.count > 1) {
      for item in group { wins[item] += weight / Double(group.count) }
      while ties.count <= group.count { ties.append(0) }
      ties[group.count] += weight
      if items <= 64, let set = known[mask] {
        weights[set] += weight
        if strict { choose(group[0], from: set, weight: weight) }
      } else {
        fresh.append((size, mask, group[0]))
      }
      size -= group.count
      if items <= 64 { for item in group { mask &= ~(1 << UInt64(item)) } }
    }
    guard let largest = fresh.first?.size else { return }
    let start = members.count
    appendMembers(entry, completed: completed, upTo: largest)
    chains.append(Chain(start: start, sets: sizes.count..<sizes.count + fresh.count))
    for stage in fresh.reversed() {
      // Larger sets have no mask and are never looked up.
      if items <= 64 { known[stage.mask] = sizes.count }
      if strict { choose(stage.winner, from: sizes.count, weight: weight) }
      sizes.append(stage.size)
      weights.append(weight)
    }
  }

  /// Appends the items of a ranking, the last ones first.
  private mutating func appendMembers(
    _ entry: Rankings.Entry, completed: Bool, upTo largest: Int
  ) {
    let start = members.count
    if completed {
      var isPlaced = [Bool](repeating: false, count: items)
      for item in entry.groups.joined() { isPlaced[item] = true }
      for item in 0..<items where !isPlaced[item] { members.append(Int32(item)) }
    }
    for group in entry.groups.reversed() { members += group.map(Int32.init) }
    members.removeLast(members.count - start - largest)
  }

  private mutating func choose(_ winner: Int, from set: Int, weight: Double) {
    choices.append(Choice(set: Int32(set), winner: Int32(winner), weight: weight))
  }

  /// These stages and those of a ghost, a further item that `weight` pseudo-rankings place before
  /// every item, and as many after it.
  func withGhost(weight: Double) -> ChoiceSets {
    require(weight > 0, "a prior of weight \(weight)")
    var result = self
    let ghost = items
    result.items += 1
    result.wins = wins.map { $0 + weight } + [weight * Double(items)]
    for item in 0..<items {
      result.chains.append(
        Chain(start: result.members.count, sets: result.sizes.count..<result.sizes.count + 1))
      result.members += [Int32(item), Int32(ghost)]
      for winner in [item, ghost] {
        result.choose(winner, from: result.sizes.count, weight: weight)
      }
      result.sizes.append(2)
      result.weights.append(2 * weight)
    }
    return result
  }
}
