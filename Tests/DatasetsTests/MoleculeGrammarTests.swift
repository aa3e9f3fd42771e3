import Datasets
import Tensors
import Testing

struct MoleculeGrammarTests {
  @Test(
    "valid strings",
    arguments: [
      "C", "FC", "C=C", "C#N", "C1CC1", "C(F)(F)(F)F", "C1CCC(=O)N1", "C=1CC=1", "C12CC1C2",
      "N(C)C", "C(C(C)C)=O", "C1CC1C1CC1",
    ])
  func valid(_ text: String) {
    #expect(MoleculeGrammar.fault(in: text) == nil)
  }

  @Test(
    "what is wrong with others",
    arguments: [
      ("", MoleculeGrammar.Fault.empty), ("=C", .unexpected("=", at: 0)),
      ("C==C", .unexpected("=", at: 2)), ("C(", .unfinished), ("C()C", .unexpected(")", at: 2)),
      ("C)", .unexpected(")", at: 1)), ("(C)", .unexpected("(", at: 0)), ("C=", .unfinished),
      ("C1CC", .unfinished), ("C1C1", .unexpected("1", at: 3)), ("C11", .unexpected("1", at: 2)),
      ("FCF=C", .valence(atom: 2)), ("C(C)(C)(C)(C)C", .valence(atom: 0)),
      ("O#C", .valence(atom: 0)), ("Cx", .unexpected("x", at: 1)),
      ("C=(C)", .unexpected("(", at: 2)),
      ("C=1CC#1", .unexpected("1", at: 6)), ("C(1CC1)", .unexpected("1", at: 2)),
      ("C(C=)C", .unexpected(")", at: 4)),
    ])
  func invalid(_ text: String, _ fault: MoleculeGrammar.Fault) {
    #expect(MoleculeGrammar.fault(in: text) == fault)
  }

  @Test("all that is made is valid, short enough, and of every kind")
  func strings() {
    var generator = Philox(seed: 71)
    let strings = MoleculeGrammar.strings(3000, length: 24, using: &generator)
    #expect(strings.allSatisfy { MoleculeGrammar.fault(in: $0) == nil && $0.count <= 24 })
    for part in ["=", "#", "(", "1", "2", "F", "N", "O"] {
      #expect(strings.contains { $0.contains(part) }, "\(part)")
    }
    #expect(Set(strings).count > 1500)
    var again = Philox(seed: 71)
    #expect(MoleculeGrammar.strings(3000, length: 24, using: &again) == strings)
  }

  @Test("a character changed in most places makes a string invalid")
  func changed() {
    var generator = Philox(seed: 72)
    var faults = 0
    for string in MoleculeGrammar.strings(300, length: 24, using: &generator) {
      var characters = Array(string)
      let place = Int.random(in: characters.indices, using: &generator)
      characters[place] = "("
      if MoleculeGrammar.fault(in: String(characters)) != nil { faults += 1 }
    }
    #expect(faults > 270)
  }
}
