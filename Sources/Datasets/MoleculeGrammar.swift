import Tensors

/// Strings of a language like SMILES: atoms C, N, O and F, bonds `=` and `#`, branches in
/// parentheses, rings closed by digits.
///
/// A string is valid where it can be read and no atom has more bonds than its valence: 4, 3, 2 and
/// 1. What makes strings and what checks them know nothing of each other.
public enum MoleculeGrammar {
  /// The characters of the language.
  public static let alphabet = ["#", "(", ")", "1", "2", "3", "=", "C", "F", "N", "O"]

  /// A fault of a string.
  public enum Fault: Sendable, Equatable {
    case empty
    /// A character where the grammar has no place for it, counted from 0.
    case unexpected(Character, at: Int)
    /// A branch or ring that is not closed, or a bond that leads nowhere.
    case unfinished
    /// An atom with more bonds than its valence, counted from 0.
    case valence(atom: Int)
  }

  private static func valence(_ character: Character) -> Int? {
    switch character {
    case "C": 4
    case "N": 3
    case "O": 2
    case "F": 1
    default: nil
    }
  }

  /// The first fault of a string, `nil` for a valid one.
  ///
  /// A digit closes the ring that the same digit has opened, between two different atoms that are
  /// not bound already.
  public static func fault(in text: String) -> Fault? {
    var free: [Int] = []
    var bonds: Set<[Int]> = []
    var branches: [Int] = []
    var rings: [Character: (atom: Int, order: Int)] = [:]
    var last: Int?
    var order: Int?
    // Whether a branch has just begun.
    var isOpen = false
    func bind(_ a: Int, _ b: Int, _ order: Int) -> Bool {
      free[a] -= order
      free[b] -= order
      return bonds.insert([min(a, b), max(a, b)]).inserted
    }
    for (place, character) in text.enumerated() {
      let wrong = Fault.unexpected(character, at: place)
      if let valence = valence(character) {
        free.append(valence)
        let atom = free.count - 1
        if let last { _ = bind(last, atom, order ?? 1) }
        (last, order, isOpen) = (atom, nil, false)
        continue
      }
      guard let atom = last else { return wrong }
      switch character {
      case "=", "#":
        guard order == nil else { return wrong }
        order = character == "=" ? 2 : 3
      case "(":
        guard order == nil, !isOpen else { return wrong }
        branches.append(atom)
        isOpen = true
      case ")":
        guard order == nil, !isOpen, let stem = branches.popLast() else { return wrong }
        last = stem
      case "1", "2", "3":
        guard !isOpen else { return wrong }
        if let ring = rings.removeValue(forKey: character) {
          guard ring.order == 1 || order == nil || order == ring.order, ring.atom != atom,
            bind(ring.atom, atom, max(ring.order, order ?? 1))
          else { return wrong }
        } else {
          rings[character] = (atom, order ?? 1)
        }
        order = nil
      default:
        return wrong
      }
    }
    if free.isEmpty { return .empty }
    if order != nil || isOpen || !branches.isEmpty || !rings.isEmpty { return .unfinished }
    return free.firstIndex { $0 < 0 }.map { .valence(atom: $0) }
  }

  /// Random valid strings of `length` characters at most.
  public static func strings(
    _ count: Int, length: Int, using generator: inout some RandomNumberGenerator
  ) -> [String] {
    strings(count, length: length, using: &generator, pause: {})
  }

  /// As `strings(_:length:using:)`; `pause` is called every thousand strings, and what it throws
  /// ends the drawing.
  package static func strings(
    _ count: Int, length: Int, using generator: inout some RandomNumberGenerator,
    pause: () throws -> Void
  ) rethrows -> [String] {
    require(count >= 0 && length > 0, "\(count) molecules of at most \(length) characters")
    var noise = Philox(seed: generator.next())
    var result: [String] = []
    result.reserveCapacity(count)
    while result.count < count {
      if result.count.isMultiple(of: 1000) { try pause() }
      var growth = Growth(noise: noise)
      let text = growth.chain(from: 0, atoms: Int.random(in: 1...10, using: &growth.noise))
      noise = growth.noise
      if text.count <= length { result.append(text) }
    }
    return result
  }

  /// A string that is being made.
  private struct Growth {
    var noise: Philox
    /// Digits of rings that are open now.
    private var digits: Set<Int> = []

    init(noise: Philox) { self.noise = noise }

    private mutating func chance(_ share: Double) -> Bool {
      Double.random(in: 0..<1, using: &noise) < share
    }

    /// Some atoms in a row, the first bound to the atom before by a bond of an order, 0 for none.
    mutating func chain(from order: Int, atoms: Int) -> String {
      var text = ["", "", "=", "#"][order]
      var order = order
      var (ring, age) = (nil as Int?, 0)
      for place in 0..<atoms {
        let isLast = place == atoms - 1
        let closes = ring != nil && (isLast || age >= 4 && chance(0.5))
        // Bonds that this atom has to have.
        let needed = order + (closes ? 1 : 0) + (isLast ? 0 : 1)
        let kinds = [("C", 4, 0.6), ("N", 3, 0.16), ("O", 2, 0.16), ("F", 1, 0.08)].filter {
          $0.1 >= needed
        }
        var mark = Double.random(in: 0..<kinds.reduce(0) { $0 + $1.2 }, using: &noise)
        let kind =
          kinds.first { kind in
            mark -= kind.2
            return mark < 0
          } ?? kinds[0]
        text += kind.0
        var spare = kind.1 - needed
        if closes, let digit = ring {
          text += "\(digit)"
          digits.remove(digit)
          ring = nil
        } else if ring == nil, spare > 0, atoms - place >= 4, chance(0.3),
          let digit = (1...3).first(where: { !digits.contains($0) })
        {
          text += "\(digit)"
          digits.insert(digit)
          (ring, age) = (digit, 0)
          spare -= 1
        }
        age += 1
        if spare > 0, !isLast, chance(0.2) {
          let atoms = Int.random(in: 1...5, using: &noise)
          let order = spare > 1 && chance(0.3) ? 2 : 1
          text += "(\(chain(from: order, atoms: atoms)))"
          spare -= order
        }
        order = 1
        if !isLast, spare > 0, chance(0.25) {
          order = spare > 1 && chance(0.2) ? 3 : 2
          // The next atom may have to go on, or to close a ring.
          if ring != nil || place + 2 < atoms { order = min(order, 2) }
          text += order == 2 ? "=" : "#"
        }
      }
      return text
    }
  }
}
