import Formats
import Tensors
import Testing

@testable import Optimization

struct SearchSpaceTests {
  private static let kinds: [SpacePart.Kind] = [
    .bits(5), .classes(variables: 3, classes: 4), .order(items: 5, places: 5),
    .order(items: 6, places: 3), .subset(size: 3, items: 6), .subset(size: 0, items: 3),
    .order(items: 1, places: 1), .classes(variables: 2, classes: 1), .matching(4), .matching(1),
    .tree(5), .tree(2),
  ]

  @Test(arguments: kinds) func everyPointIsListedOnce(_ kind: SpacePart.Kind) throws {
    let space = try SearchSpace(kind)
    let count = try #require(space.count)
    let points = Set((0..<count).map { space.point(free: space.free.point(at: $0)) })
    #expect(points.count == count)
    for point in points { #expect(try space.point(of: space.text(point)) == point) }
  }

  @Test(arguments: kinds) func movesLeadToOtherPointsAndReachAll(_ kind: SpacePart.Kind) throws {
    let free = FreeSpace([kind])
    let count = try #require(free.count)
    var reached: Set = [free.point(at: 0)]
    var last = reached
    while !last.isEmpty {
      var next: Set<[Int32]> = []
      for point in last {
        for move in 0..<free.moveCount {
          guard let neighbor = free.moved(point, by: move) else { continue }
          #expect(neighbor != point)
          if reached.insert(neighbor).inserted { next.insert(neighbor) }
        }
      }
      last = next
    }
    #expect(reached.count == count)
  }

  @Test func randomPointsAreOfTheSpaceAndDiffer() throws {
    var generator = Philox(seed: 1)
    for kind in SearchSpaceTests.kinds {
      let space = try SearchSpace(kind)
      var seen: Set<Point> = []
      // All of at most 120 points: each is missed by 2000 draws with probability below 1e-7.
      for _ in 0..<2000 { seen.insert(space.point(free: space.free.random(using: &generator))) }
      #expect(seen.count == space.count)
      for point in seen { #expect(try space.point(of: space.text(point)) == point) }
    }
  }

  @Test func fixedValuesHoldAndTheRestIsFree() throws {
    let cases: [(SpacePart.Kind, [Int: Int32], Int)] = [
      (.bits(5), [1: 1, 3: 0], 8), (.classes(variables: 3, classes: 4), [0: 2], 16),
      (.order(items: 5, places: 5), [2: 4], 24), (.order(items: 6, places: 3), [0: 5], 20),
      (.subset(size: 3, items: 6), [0: 1, 5: 0], 6), (.matching(4), [1: 2], 6),
    ]
    for (kind, fixed, count) in cases {
      let space = try SearchSpace([SpacePart(kind, fixed: fixed)])
      #expect(space.count == count)
      var points: Set<Point> = []
      for index in 0..<count {
        let free = space.free.point(at: index)
        let point = space.point(free: free)
        #expect(try space.freeValues(of: point) == free)
        #expect(try space.point(of: space.text(point)) == point)
        for (place, value) in fixed {
          if case .subset = kind {
            #expect(point.values.contains(Int32(place)) == (value == 1))
          } else {
            #expect(point.values[place] == value)
          }
        }
        points.insert(point)
      }
      #expect(points.count == count)
    }
    let bits = try SearchSpace([SpacePart(.bits(3), fixed: [1: 1])])
    #expect(throws: SpaceError("1 is fixed at 1, not 0")) { try bits.point(of: "000") }
  }

  @Test func textsAreThoseOfTheProtocol() throws {
    func text(_ kind: SpacePart.Kind, _ values: [Int32]) throws -> String {
      try SearchSpace(kind).text(Point(values))
    }
    #expect(try text(.bits(4), [0, 1, 0, 1]) == "0101")
    #expect(try text(.classes(variables: 3, classes: 4), [3, 0, 2]) == "3,0,2")
    #expect(try text(.order(items: 3, places: 3), [2, 0, 1]) == "2,0,1")
    let subset = try SearchSpace(.subset(size: 3, items: 10))
    #expect(try subset.text(subset.point(of: "9,2,7")) == "2,7,9")
    let json = try JSON(
      parsing: #"{"parts":[{"name":"a","bits":2},{"name":"b","order":4,"top":2}]}"#.utf8)
    let space = try SearchSpace(json)
    #expect(space.count == 48)
    #expect(try space.text(space.point(of: "a=01 b=3,0")) == "a=01 b=3,0")
    #expect(try SearchSpace(space.json) == space)
  }

  @Test(arguments: [
    ("bits 3", "01", "'01' is not 3 bits of 0 and 1"),
    ("bits 3", "012", "'012' is not 3 bits of 0 and 1"),
    ("tree 4", "2,1,0", "'2,1,0' is not a tree: some vertex has no way to vertex 0"),
    ("order 3", "0,1", "'0,1' has 2 numbers, expected 3"),
    ("order 3", "0,1,1", "1 stands there twice"), ("order 3", "0,1,3", "3 is not one of 0 to 2"),
    ("order 3", "0,1,x", "'x' is not a whole number from 0"),
  ])
  func aPointOutsideIsAnError(_ kind: String, _ text: String, _ message: String) throws {
    let kinds: [SpacePart.Kind] = [.bits(3), .tree(4), .order(items: 3, places: 3)]
    let space = try SearchSpace(#require(kinds.first { "\($0)" == kind }))
    #expect(throws: SpaceError(message)) { try space.point(of: text) }
  }

  @Test func emptyAndHugeSpacesAreErrors() {
    for kind: SpacePart.Kind in [
      .bits(0), .classes(variables: 0, classes: 3), .classes(variables: 3, classes: 0),
      .order(items: 0, places: 0), .order(items: 3, places: 4), .subset(size: 4, items: 3),
      .matching(0), .tree(1),
    ] {
      #expect(throws: SpaceError("\(kind) has no point")) { try SearchSpace(kind) }
    }
    #expect(throws: SpaceError.self) { try SearchSpace(.bits(1 << 20)) }
    #expect(throws: SpaceError("nothing can be fixed in tree 3")) {
      try SpacePart(.tree(3), fixed: [1: 0])
    }
    #expect(throws: SpaceError.self) { try SearchSpace([SpacePart]()) }
    #expect(throws: SpaceError("an item is fixed in two places")) {
      try SpacePart(.order(items: 3, places: 3), fixed: [0: 1, 1: 1])
    }
  }
}
