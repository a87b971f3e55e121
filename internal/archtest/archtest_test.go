// Package archtest holds the tree to its rules (docs/design.md, "Where code lives"): which package may import
// which, where time comes from, how long a function may be. Each rule says why.
package archtest_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "bluegreen"

// source is one Go file.
type source struct {
	dir     string // relative to the module's root, with slashes
	name    string
	test    bool
	imports []string // of this module without its name, of others whole
	file    *ast.File
	fset    *token.FileSet
}

func sources(t *testing.T) []source {
	t.Helper()
	root := filepath.Join("..", "..")
	var all []source
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "testdata" || entry.Name() == "build" || entry.Name() == "node_modules" || (strings.HasPrefix(entry.Name(), ".") && len(entry.Name()) > 2)) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		s := source{dir: filepath.ToSlash(dir), name: entry.Name(), test: strings.HasSuffix(path, "_test.go"), file: file, fset: fset}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			s.imports = append(s.imports, strings.TrimPrefix(imported, module+"/"))
		}
		all = append(all, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// within reports whether dir is root or below it.
func within(dir, root string) bool { return dir == root || strings.HasPrefix(dir, root+"/") }

// A rule forbids the packages below from to import those below any of never.
type rule struct {
	from   string
	except []string // packages below from that may
	never  []string
	why    string
}

// commands are what the command line is made of.
var commands = []string{"internal/demo", "internal/load", "internal/local", "internal/jobs", "internal/observe", "internal/deployments", "internal/report", "internal/fleetreader", "internal/fleetrehearsal"}

var rules = []rule{
	{"cmd", nil, []string{"internal/localaws", "internal/asl", "internal/ledger", "internal/fleet", "lambdas", "statemachine"},
		"the command line parses and prints: what it is made of stands below internal"},
	{"lambdas", nil, append([]string{"internal/localaws", "internal/asl", "internal/rehearsal", "cmd", "statemachine"}, commands...),
		"a Lambda meets AWS and nothing else: it must not know that it is rehearsed"},
	{"internal", append([]string{"internal/bench", "internal/pictures"}, commands...), commands, "what the command line is made of stands above all else"},
	{"internal/jobs", nil, []string{"internal/local", "internal/load", "internal/observe", "internal/demo"}, "the workers know their queue, not who put it up"},
	{"internal/local", nil, []string{"internal/load", "internal/observe", "internal/demo"}, "the local AWS does not know what is tried on it"},
	{"internal/load", nil, []string{"internal/observe", "internal/demo"}, "a load does not know what it is for"},
	{"internal/observe", nil, []string{"internal/local", "internal/localaws", "internal/load", "internal/demo"}, "what is observed is what anybody sees: AWS's API alone"},
	{"internal/deployments", nil, []string{"internal/local", "internal/localaws", "internal/rehearsal", "internal/demo"}, "deployments are read as anybody sees them: AWS's API alone"},
	{"internal/fleetreader", nil, []string{"internal/fleetrehearsal", "internal/rehearsal"}, "reading a fleet is not rehearsing it"},
	{"internal/localaws", nil, []string{"lambdas", "internal/actions", "internal/deploy", "internal/ledger", "internal/lambdaentry", "internal/fleet", "internal/notice", "statemachine", "internal/rehearsal"},
		"the model of AWS must not learn the answer"},
	{"internal/asl", nil, []string{"internal/localaws", "lambdas", "internal/deploy", "github.com/aws"},
		"the interpreter knows no AWS service and no Lambda of ours"},
	{"internal/deploy", nil, []string{"internal/notice", "internal/ledger", "internal/fleet", "internal/lambdaentry", "internal/clock", "github.com"},
		"the domain is decisions on what was observed: standard library, form, fault and text only"},
	{"internal/capacity", nil, []string{"lambdas", "internal/fleet", "internal/step", "internal/lambdaentry", "internal/clock"},
		"capacity is decisions on fleets and the record: it calls nothing"},
	{"internal/notice", nil, []string{"internal/announce", "internal/ledger", "internal/fleet", "internal/lambdaentry", "internal/clock", "github.com"},
		"what is told follows from a call and what it came to: standard library, the domain and text only"},
	{"internal/step", nil, []string{"lambdas", "internal/fleet", "internal/localaws", "internal/announce", "internal/guardrails"},
		"step is what every state works with: it knows none of them, and no fleet"},
	{"internal/guardrails", nil, []string{"internal/ledger", "internal/fleet", "internal/lambdaentry", "internal/clock", "github.com"},
		"the operators' policy is decisions on a request and a time: standard library, the domain and its forms only"},
	{"internal/form", nil, []string{"internal", "github.com"}, "forms are the bottom: standard library only"},
	{"internal/text", nil, []string{"internal", "github.com"}, "text is the bottom: standard library only"},
	{"internal/fault", nil, []string{"internal", "github.com"}, "fault is the bottom: standard library only"},
	{"internal/awserror", nil, []string{"internal", "lambdas"}, "awserror is the bottom: the standard library and AWS's SDK only"},
	{"internal/clock", nil, []string{"internal", "github.com"}, "clock is the bottom: standard library only"},
	{"internal", []string{"internal/lambdaentry"}, []string{"github.com/aws/aws-lambda-go"},
		"lambdaentry is the only user of aws-lambda-go"},
	{"lambdas", nil, []string{"github.com/aws/aws-lambda-go"}, "lambdaentry is the only user of aws-lambda-go"},
	{"internal", []string{"internal/lambdaentry"}, []string{"github.com/aws/aws-xray-sdk-go"},
		"lambdaentry traces the functions' processes: the SDK takes wall time and randomness, which no rehearsal may"},
	{"lambdas", nil, []string{"github.com/aws/aws-xray-sdk-go"}, "lambdaentry traces the functions' processes"},
	{"internal", []string{"internal/builder", "internal/clone", "internal/twin", "internal/inplace", "internal/launch", "internal/survey", "internal/plan", "internal/alike", "internal/demo", "internal/localaws/ec2", "internal/localaws/iam", "internal/localaws/world", "internal/localaws/wire", "internal/rehearsal"},
		[]string{"github.com/aws/aws-sdk-go-v2/service/ec2"}, "the ec2 package takes minutes to compile: import it only where it is used"},
	{"internal/rehearsal", []string{"internal/rehearsal/invariant", "internal/rehearsal/scenario", "internal/rehearsal/sweep", "internal/rehearsal/search"},
		[]string{"internal/rehearsal/invariant", "internal/rehearsal/scenario", "internal/rehearsal/sweep", "internal/rehearsal/search", "cmd"},
		"the engine does not know who watches it and who plays in it"},
	{"internal/rehearsal/invariant", nil, []string{"internal/rehearsal/scenario", "internal/rehearsal/sweep", "internal/rehearsal/search"},
		"a promise holds whatever is played"},
	{"internal/rehearsal/invariant", nil, []string{"lambdas", "internal/traffic", "internal/balancer", "internal/twin", "internal/fleet", "internal/clone", "internal/capacity", "internal/launch", "internal/survey", "internal/plan", "internal/announce", "internal/guardrails", "internal/lambdaentry", "internal/actions"},
		"the invariants look at the model's own state: by what does the work they would see what it sees"},
	{"internal/rehearsal/scenario", nil, []string{"internal/rehearsal/sweep", "internal/rehearsal/search", "lambdas"},
		"scenarios are a language, which sweep and search may speak"},
	{"internal/rehearsal/sweep", nil, []string{"internal/rehearsal/search", "lambdas"}, "sweep and search are neighbours"},
	{"internal/rehearsal/search", nil, []string{"internal/rehearsal/sweep", "lambdas"}, "sweep and search are neighbours"},
	{"infra/templates", nil, []string{"internal", "lambdas", "statemachine", "infra", "github.com"},
		"the templates are data, which rehearsals too read: standard library only"},
	{"internal", nil, []string{"github.com/aws/aws-cdk-go", "github.com/aws/jsii-runtime-go"}, "CDK belongs to infra, which knows the product and not the other way about"},
}

// anybodys is what every package may import, the bottom ones too: it knows of nothing but characters.
const anybodys = "internal/text"

func TestImports(t *testing.T) {
	all := sources(t)
	for _, r := range rules {
		applies := false
		for _, s := range all {
			if !within(s.dir, r.from) || slices.ContainsFunc(r.except, func(dir string) bool { return within(s.dir, dir) }) {
				continue
			}
			applies = true
			if s.test {
				continue
			}
			for _, imported := range s.imports {
				if imported == anybodys {
					continue
				}
				for _, never := range r.never {
					if within(imported, never) {
						t.Errorf("%s/%s imports %s: %s", s.dir, s.name, imported, r.why)
					}
				}
			}
		}
		if !applies {
			t.Errorf("the rule for %s applies to nothing any more: remove it", r.from)
		}
		for _, dir := range slices.Concat(r.except, r.never) {
			first, _, _ := strings.Cut(dir, "/")
			if !strings.Contains(first, ".") && !slices.ContainsFunc(all, func(s source) bool { return within(s.dir, dir) }) {
				t.Errorf("the rule for %s names %s, which is not there any more: change it", r.from, dir)
			}
		}
	}
}

func TestNoLambdaImportsAnother(t *testing.T) {
	for _, s := range sources(t) {
		if !within(s.dir, "lambdas") || s.test {
			continue
		}
		own := strings.TrimSuffix(s.dir, "/bootstrap")
		for _, imported := range s.imports {
			if within(imported, "lambdas") && imported != own {
				t.Errorf("%s imports %s: what two states share belongs to a package below both", s.dir, imported)
			}
		}
	}
}

// Time comes from internal/clock and randomness from a seed, or a rehearsal is no function of its seed.
func TestTimeAndRandomness(t *testing.T) {
	forbidden := map[string][]string{
		"time":         {"Now", "Sleep", "After", "AfterFunc", "Since", "Until", "NewTimer", "NewTicker", "Tick"},
		"math/rand":    {"Int", "Intn", "Int63", "Int63n", "Int31n", "Float64", "Perm", "Shuffle", "Seed"},
		"math/rand/v2": {"Int", "IntN", "Int64", "Int64N", "N", "Float64", "Perm", "Shuffle", "Uint64"},
		"crypto/rand":  {"Read", "Int", "Text", "Reader"},
	}
	for _, s := range sources(t) {
		if within(s.dir, "internal/clock") || strings.HasSuffix(s.dir, "/bootstrap") {
			continue
		}
		names := make(map[string]string)
		for _, spec := range s.file.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			if _, ok := forbidden[path]; !ok {
				continue
			}
			name := path[strings.LastIndexByte(path, '/')+1:]
			if name == "v2" {
				name = "rand"
			}
			if spec.Name != nil {
				name = spec.Name.Name
			}
			names[name] = path
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if pkg, ok := selector.X.(*ast.Ident); ok && slices.Contains(forbidden[names[pkg.Name]], selector.Sel.Name) {
				t.Errorf("%s: %s.%s: use internal/clock, or a seeded source", s.fset.Position(n.Pos()), pkg.Name, selector.Sel.Name)
			}
			return true
		})
	}
}

// What a command for people is about goes into it by text.Option: a legal name of a group may mean anything to a shell.
func TestCommandsAreQuoted(t *testing.T) {
	bare := regexp.MustCompile(`--[a-z]+(-[a-z]+)*([ =]['"]?%|[ =]['"]?["` + "`" + `]$)`)
	valueless := strings.NewReplacer("--details", "", "--include-deleted-groups", "")
	looked := 0
	for _, s := range sources(t) {
		if s.test || !within(s.dir, "lambdas") && !within(s.dir, "internal") || within(s.dir, "internal/localaws") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			if strings.Contains(literal.Value, "aws ") {
				looked++
			}
			if bare.MatchString(valueless.Replace(literal.Value)) {
				t.Errorf("%s: %s: use text.Option", s.fset.Position(n.Pos()), literal.Value)
			}
			return true
		})
	}
	if looked < 10 {
		t.Errorf("%d commands were looked at", looked)
	}
}

// What is longer than this holds more than one idea.
func TestSizes(t *testing.T) {
	const longestFunction, longestFile = 70, 600
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		if lines := s.fset.Position(s.file.End()).Line; lines > longestFile {
			t.Errorf("%s/%s has %d lines, more than %d", s.dir, s.name, lines, longestFile)
		}
		for _, declaration := range s.file.Decls {
			f, ok := declaration.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if lines := s.fset.Position(f.End()).Line - s.fset.Position(f.Pos()).Line + 1; lines > longestFunction {
				t.Errorf("%s: %s has %d lines, more than %d", s.fset.Position(f.Pos()), f.Name.Name, lines, longestFunction)
			}
		}
	}
}
