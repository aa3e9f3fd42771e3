public import Formats

extension SearchSpace {
  /// The space of a JSON object: `{"parts": [{"name": "flags", "bits": 12}, ...]}`.
  ///
  /// A part has a `name` where there are several, one of `"bits": 12`, `"classes": "4x10"`,
  /// `"order": 8`, perhaps with `"top": 3`, `"subset": "3/10"`, `"matching": 8` and `"tree": 8`,
  /// and perhaps `"fix": {"0": 1}`.
  ///
  /// - Throws: `SpaceError` that names the part.
  public init(_ json: JSON) throws(SpaceError) {
    guard let list = json["parts"]?.array else {
      throw SpaceError("a space is an object with a list of parts")
    }
    var parts: [SpacePart] = []
    for (index, part) in list.enumerated() {
      do throws(SpaceError) {
        parts.append(try SpacePart(part))
      } catch {
        throw SpaceError("part \(index + 1): \(error)")
      }
    }
    try self.init(parts)
  }

  /// The object that `init` reads.
  public var json: JSON { ["parts": .array(parts.map(\.json))] }
}

extension SpacePart {
  private static let keys = [
    "name", "bits", "classes", "order", "top", "subset", "matching", "tree", "fix",
  ]

  fileprivate init(_ json: JSON) throws(SpaceError) {
    guard case .object(let members) = json else { throw SpaceError("not an object") }
    if let stray = members.first(where: { !SpacePart.keys.contains($0.key) }) {
      throw SpaceError(
        "unknown member '\(stray.key)', expected \(SpacePart.keys.joined(separator: ", "))")
    }
    let name = json["name"]?.string ?? ""
    guard name.allSatisfy({ $0.isLetter || $0.isNumber || "_-".contains($0) }) else {
      throw SpaceError("the name '\(name)' has characters that are not letters, digits, _ or -")
    }
    let kind = try Kind { key in json[key].map { $0.string ?? $0.description } }
    var fixed: [Int: Int32] = [:]
    if case .object(let members)? = json["fix"] {
      for member in members {
        guard let place = Int(member.key),
          let value = member.value.whole(in: 0...Int(Int32.max))
        else { throw SpaceError("fix has \(member.key): \(member.value)") }
        fixed[place] = Int32(value)
      }
    }
    try self.init(name: name, kind, fixed: fixed)
  }

  fileprivate var json: JSON {
    var members: [JSON.Member] = name.isEmpty ? [] : [.init("name", JSON(name))]
    switch kind {
    case .bits(let count): members.append(.init("bits", JSON(count)))
    case .classes(let variables, let classes):
      members.append(.init("classes", JSON("\(variables)x\(classes)")))
    case .order(let items, let places):
      members.append(.init("order", JSON(items)))
      if places != items { members.append(.init("top", JSON(places))) }
    case .subset(let size, let items): members.append(.init("subset", JSON("\(size)/\(items)")))
    case .matching(let items): members.append(.init("matching", JSON(items)))
    case .tree(let vertices): members.append(.init("tree", JSON(vertices)))
    }
    if !fixed.isEmpty {
      let pairs = fixed.sorted { $0.key < $1.key }
      members.append(
        .init("fix", .object(pairs.map { .init("\($0.key)", JSON(Int($0.value))) })))
    }
    return .object(members)
  }
}

extension SpacePart.Kind {
  /// The kind that texts of the command line or a file describe by their keys, of which one is
  /// given, and `top` beside an order.
  init(_ text: (String) -> String?) throws(SpaceError) {
    let keys = ["bits", "classes", "order", "subset", "matching", "tree"]
    let given = keys.filter { text($0) != nil }
    guard given.count == 1, let value = text(given[0]) else {
      throw SpaceError(
        "\(given.isEmpty ? "no" : "more than one") space given, expected one of \(keys.joined(separator: ", "))"
      )
    }
    let top = text("top")
    guard top == nil || given == ["order"] else { throw SpaceError("top is for an order") }
    func whole(_ text: some StringProtocol, _ what: String) throws(SpaceError) -> Int {
      guard let value = text.whole(in: 0...Int(Int32.max)) else {
        throw SpaceError("\(what) is '\(text)', not a whole number")
      }
      return value
    }
    func pair(
      _ text: String, _ separator: Character, _ what: String
    ) throws(SpaceError) -> (Int, Int) {
      let words = text.split(separator: separator, omittingEmptySubsequences: false)
      guard words.count == 2 else {
        throw SpaceError("\(what) is '\(text)', expected two numbers with \(separator) between")
      }
      return (try whole(words[0], what), try whole(words[1], what))
    }
    switch given[0] {
    case "bits": self = .bits(try whole(value, "bits"))
    case "classes":
      let (variables, count) = try pair(value, "x", "classes")
      self = .classes(variables: variables, classes: count)
    case "subset":
      let (size, items) = try pair(value, "/", "subset")
      self = .subset(size: size, items: items)
    case "matching": self = .matching(try whole(value, "matching"))
    case "tree": self = .tree(try whole(value, "tree"))
    default:
      let items = try whole(value, "order")
      self = .order(items: items, places: top == nil ? items : try whole(top ?? "", "top"))
    }
    try check()
  }
}
