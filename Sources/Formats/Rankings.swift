import Tensors

/// Orders of preference over named items, as a file lists them.
public struct Rankings: Sendable, Equatable {
  /// One order and how often it was given.
  public struct Entry: Sendable, Equatable {
    /// Places from the best; the items of one place, numbered from 0, are tied.
    ///
    /// Items in no place come after all that are in one.
    public let groups: [[Int]]
    /// How many voters gave this order.
    public let multiplicity: Int
    /// Where it stands in its file, from 1.
    public let line: Int

    /// An order; traps when it is empty, has an empty place, or no voter.
    public init(groups: [[Int]], multiplicity: Int = 1, line: Int = 0) {
      require(!groups.isEmpty && !groups.contains([]), "an order with an empty place")
      require(multiplicity > 0, "an order of \(multiplicity) voters")
      self.groups = groups
      self.multiplicity = multiplicity
      self.line = line
    }
  }

  /// Names of the items.
  public let items: [String]
  /// The orders, in the order of the file.
  public let entries: [Entry]

  /// Orders over `items`; traps when one names an item twice or one that is not there.
  public init(items: [String], entries: [Entry]) {
    // Marks say in which entry an item was last seen, so that no entry has to clear them.
    var seen = [Int](repeating: -1, count: items.count)
    for (index, entry) in entries.enumerated() {
      for item in entry.groups.joined() {
        require(items.indices.contains(item), "item \(item) of \(items.count)")
        require(seen[item] != index, "item \(item) twice in one order")
        seen[item] = index
      }
    }
    self.items = items
    self.entries = entries
  }

  /// Number of voters.
  public var count: Int { entries.reduce(0) { $0 + $1.multiplicity } }
}

/// What the orders that a reader has so far take.
struct RankingsSize {
  private var orders = 0
  private var places = 0

  /// Adds an order; throws where all take too much memory together.
  mutating func add(_ groups: [[Int]], path: String, line: Int) throws(FormatError) {
    orders += 1
    places += groups.count
    // An order has a list, and each place one of its own.
    if let excess = MemoryBudget.excess(
      "\(orders) orders of \(places) places", [[orders, 96], [places, 56]], width: 1)
    {
      throw .malformed(path, line: line, excess)
    }
  }
}

extension Rankings {
  /// Reads a file by the end of its name: PrefLib's `.soc`, `.soi`, `.toc` and `.toi`, or `.csv`; each also with `.gz`.
  ///
  /// Throws `FormatError` when the name ends otherwise and as `PrefLib` and `RankingCSV` do.
  public init(_ path: String) throws(FormatError) {
    let bytes = try fileBytes(path, atMost: MemoryBudget.textBytes)
    let plain = path.hasSuffix(".gz") ? path.dropLast(3) : path[...]
    switch plain.split(separator: ".").last?.lowercased() {
    case "soc", "soi", "toc", "toi": self = try PrefLib.rankings(parsing: bytes, path: path)
    case "csv": self = try RankingCSV.rankings(parsing: bytes, path: path)
    default:
      throw .malformed(path, "the name ends in none of .soc, .soi, .toc, .toi and .csv")
    }
  }
}
