import Tensors

/// Orders of preference over named items, as a file lists them.
public struct Rankings: Sendable, Equatable {
  /// One order and how often it was given.
  public struct Entry: Sendable, Equatable {
    /// Places from the best; the items of one place, numbered from 0, are tied.
    ///
    /// `Rankings.unnamed` says what an order means for items in no place.
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

  /// The meaning of an order for the items that it does not name.
  public enum Unnamed: String, Sendable, CaseIterable {
    /// They come after all that it names.
    case last
    /// Nothing: it compares only what it names.
    case absent
  }

  /// Names of the items.
  public let items: [String]
  /// The orders, in the order of the file.
  public let entries: [Entry]
  /// How orders that do not name every item are read.
  public var unnamed: Unnamed

  /// Orders over `items`; traps when one names an item twice or one that is not there.
  public init(items: [String], entries: [Entry], unnamed: Unnamed = .last) {
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
    self.unnamed = unnamed
  }

  /// Number of voters.
  public var count: Int { entries.reduce(0) { $0 + $1.multiplicity } }
  /// Number of voters whose orders do not name every item.
  public var incompleteCount: Int {
    entries.reduce(0) { $0 + ($1.count < items.count ? $1.multiplicity : 0) }
  }
}

/// The memory of the orders that a reader has so far.
struct RankingsSize {
  private var orders = 0
  private var places = 0

  /// Adds an order of so many places; throws where all take too much memory together.
  mutating func add(places count: Int, path: String, line: Int) throws(FormatError) {
    orders += 1
    places += count
    // An order has a list, and each place one of its own.
    if let excess = MemoryBudget.excess(
      "\(orders) orders of \(places) places", [[orders, 96], [places, 56]], width: 1)
    {
      throw .malformed(path, line: line, excess)
    }
  }
}

extension Rankings.Entry {
  /// How many items it names.
  public var count: Int { groups.reduce(0) { $0 + $1.count } }
}
