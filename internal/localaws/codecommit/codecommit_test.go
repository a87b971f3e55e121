package codecommit_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/codecommit"
	"github.com/aws/aws-sdk-go-v2/service/codecommit/types"
	"github.com/google/go-cmp/cmp"
)

var name, branch = aws.String("ec-mqagt-dev"), aws.String("main")

const inputFile = "state_machine_input.json"

// begin creates the repository with one commit of three files.
func begin(w *world) *sdk.CreateCommitOutput {
	w.Helper()
	must(w, w.CreateRepository, &sdk.CreateRepositoryInput{RepositoryName: name, RepositoryDescription: aws.String("what is deployed")})
	return must(w, w.CreateCommit, &sdk.CreateCommitInput{
		RepositoryName: name, BranchName: branch, AuthorName: aws.String("operator"), Email: aws.String("op@example.com"), CommitMessage: aws.String("Begin"),
		PutFiles: []types.PutFileEntry{
			{FilePath: aws.String(inputFile), FileContent: []byte("{\"project\": \"ec\"}\n")},
			{FilePath: aws.String("/pipeline/a/f.sh"), FileContent: []byte("x"), FileMode: types.FileModeTypeEnumExecutable},
			{FilePath: aws.String("pipeline.txt"), FileContent: []byte("y")},
		},
	})
}

// The ids are those that git write-tree and git commit-tree made of the same files, author, time and message.
func TestIDsAreGits(t *testing.T) {
	run(t, func(w *world) {
		out := begin(w)
		if *out.TreeId != "162463e4c7fdb9bcdb0b33bb12efbe621bdf9756" || *out.CommitId != "335636166a27e08800cb48a27e5a9b795950cc6f" {
			t.Errorf("tree %s, commit %s", *out.TreeId, *out.CommitId)
		}
		if len(out.FilesAdded) != 3 || *out.FilesAdded[0].BlobId != "d574fdafc43abd1391c420cfe61bf41fc5a82c1a" || *out.FilesAdded[1].AbsolutePath != "pipeline/a/f.sh" {
			t.Errorf("added %+v", out.FilesAdded)
		}
		c := must(w, w.GetCommit, &sdk.GetCommitInput{RepositoryName: name, CommitId: out.CommitId}).Commit
		if *c.TreeId != *out.TreeId || *c.Message != "Begin" || len(c.Parents) != 0 || *c.Author.Name != "operator" || *c.Committer.Date != "1795230000 +0000" {
			t.Errorf("the commit is %+v", c)
		}
		root := must(w, w.GetFolder, &sdk.GetFolderInput{RepositoryName: name, FolderPath: aws.String("/")})
		if len(root.Files) != 2 || len(root.SubFolders) != 1 || *root.SubFolders[0].TreeId != "64b49877456024b0eb156f03991512ae177662d6" || *root.TreeId != *out.TreeId {
			t.Errorf("the root is %+v", root)
		}
		below := must(w, w.GetFolder, &sdk.GetFolderInput{RepositoryName: name, FolderPath: aws.String("pipeline/a"), CommitSpecifier: branch})
		if len(below.Files) != 1 || *below.Files[0].AbsolutePath != "pipeline/a/f.sh" || *below.Files[0].RelativePath != "f.sh" || below.Files[0].FileMode != types.FileModeTypeEnumExecutable {
			t.Errorf("the folder is %+v", below)
		}
	})
}

func TestAFileIsPutAndRead(t *testing.T) {
	run(t, func(w *world) {
		first := begin(w)
		content := []byte(`{"project": "ec", "Wait": 10}`)
		put := func(parent *string, content []byte) *sdk.PutFileInput {
			return &sdk.PutFileInput{RepositoryName: name, BranchName: branch, FilePath: aws.String(inputFile), FileContent: content, ParentCommitId: parent}
		}
		refused(w, w.PutFile, put(nil, content), "ParentCommitIdRequiredException")
		refused(w, w.PutFile, put(aws.String("main"), content), "InvalidParentCommitIdException")
		refused(w, w.PutFile, put(aws.String(strings.Repeat("0", 40)), content), "ParentCommitDoesNotExistException")
		refused(w, w.PutFile, put(first.CommitId, []byte{}), "FileContentRequiredException")
		refused(w, w.PutFile, put(first.CommitId, []byte("{\"project\": \"ec\"}\n")), "SameFileContentException")
		second := must(w, w.PutFile, put(first.CommitId, content))
		refused(w, w.PutFile, put(first.CommitId, content), "ParentCommitIdOutdatedException")
		refused(w, w.PutFile, put(second.CommitId, content), "SameFileContentException")

		tip := must(w, w.GetBranch, &sdk.GetBranchInput{RepositoryName: name, BranchName: branch}).Branch
		c := must(w, w.GetCommit, &sdk.GetCommitInput{RepositoryName: name, CommitId: tip.CommitId}).Commit
		if *tip.CommitId != *second.CommitId || len(c.Parents) != 1 || c.Parents[0] != *first.CommitId || *c.Author.Name != "operator" || *c.Message != "Edited "+inputFile {
			t.Errorf("the tip is %s: %+v", *tip.CommitId, c)
		}
		for specifier, want := range map[string]string{"": string(content), "HEAD": string(content), "main": string(content),
			"refs/heads/main": string(content), *first.CommitId: "{\"project\": \"ec\"}\n"} {
			in := &sdk.GetFileInput{RepositoryName: name, FilePath: aws.String(inputFile)}
			if specifier != "" {
				in.CommitSpecifier = &specifier
			}
			if got := must(w, w.GetFile, in); string(got.FileContent) != want || got.FileSize != int64(len(want)) || got.FileMode != types.FileModeTypeEnumNormal {
				t.Errorf("at %q the file is %q", specifier, got.FileContent)
			}
		}
		if got := must(w, w.GetBlob, &sdk.GetBlobInput{RepositoryName: name, BlobId: second.BlobId}); string(got.Content) != string(content) {
			t.Errorf("the blob is %q", got.Content)
		}
	})
}

func TestACommitChangesManyFiles(t *testing.T) {
	run(t, func(w *world) {
		first := begin(w)
		commit := func(parent *string, change func(*sdk.CreateCommitInput)) *sdk.CreateCommitInput {
			in := &sdk.CreateCommitInput{RepositoryName: name, BranchName: branch, ParentCommitId: parent}
			change(in)
			return in
		}
		puts := func(files ...string) func(*sdk.CreateCommitInput) {
			return func(in *sdk.CreateCommitInput) {
				for n := 0; n < len(files); n += 2 {
					in.PutFiles = append(in.PutFiles, types.PutFileEntry{FilePath: &files[n], FileContent: []byte(files[n+1])})
				}
			}
		}
		refused(w, w.CreateCommit, commit(first.CommitId, puts()), "FileEntryRequiredException")
		refused(w, w.CreateCommit, commit(first.CommitId, puts("pipeline.txt", "y")), "NoChangeException")
		refused(w, w.CreateCommit, commit(first.CommitId, puts("a", "1", "/a", "2")), "SamePathRequestException")
		refused(w, w.CreateCommit, commit(first.CommitId, puts("a", "1", "a/b", "2")), "PutFileEntryConflictException")
		refused(w, w.CreateCommit, commit(first.CommitId, puts("pipeline", "1")), "FileNameConflictsWithDirectoryNameException")
		refused(w, w.CreateCommit, commit(first.CommitId, puts("pipeline.txt/a", "1")), "DirectoryNameConflictsWithFileNameException")
		refused(w, w.CreateCommit, commit(first.CommitId, puts("../a", "1")), "InvalidPathException")
		refused(w, w.CreateCommit, commit(first.CommitId, func(in *sdk.CreateCommitInput) {
			in.DeleteFiles = []types.DeleteFileEntry{{FilePath: aws.String("nothing")}}
		}), "FileDoesNotExistException")
		second := must(w, w.CreateCommit, commit(first.CommitId, func(in *sdk.CreateCommitInput) {
			puts("pipeline/a", "now a file", "new", "1")(in)
			in.DeleteFiles = []types.DeleteFileEntry{{FilePath: aws.String("pipeline/a/f.sh")}}
			in.SetFileModes = []types.SetFileModeEntry{{FilePath: aws.String("pipeline.txt"), FileMode: types.FileModeTypeEnumExecutable}}
		}))
		if len(second.FilesAdded) != 2 || len(second.FilesUpdated) != 1 || len(second.FilesDeleted) != 1 {
			t.Errorf("the commit did %+v", second)
		}
		seen := func(in *sdk.GetDifferencesInput) (lines []string) {
			in.RepositoryName, in.AfterCommitSpecifier = name, branch
			pages := sdk.NewGetDifferencesPaginator(w, in)
			for pages.HasMorePages() {
				page, err := pages.NextPage(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range page.Differences {
					path := d.AfterBlob
					if path == nil {
						path = d.BeforeBlob
					}
					lines = append(lines, string(d.ChangeType)+" "+*path.Mode+" "+*path.Path)
				}
			}
			return lines
		}
		want := []string{"A 100644 new", "A 100644 pipeline/a", "D 100755 pipeline/a/f.sh", "M 100755 pipeline.txt"}
		if diff := cmp.Diff(sorted(want), sorted(seen(&sdk.GetDifferencesInput{BeforeCommitSpecifier: first.CommitId, MaxResults: aws.Int32(3)}))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if all := seen(&sdk.GetDifferencesInput{}); len(all) != 4 {
			t.Errorf("without a commit before: %q", all)
		}
	})
}

// A change of a branch is told as EventBridge tells it; what failed is not.
func TestBranchesAndWhatIsTold(t *testing.T) {
	run(t, func(w *world) {
		first := begin(w)
		must(w, w.CreateBranch, &sdk.CreateBranchInput{RepositoryName: name, BranchName: aws.String("next"), CommitId: first.CommitId})
		refused(w, w.CreateBranch, &sdk.CreateBranchInput{RepositoryName: name, BranchName: aws.String("next"), CommitId: first.CommitId}, "BranchNameExistsException")
		refused(w, w.CreateBranch, &sdk.CreateBranchInput{RepositoryName: name, BranchName: aws.String("a..b"), CommitId: first.CommitId}, "InvalidBranchNameException")
		refused(w, w.CreateBranch, &sdk.CreateBranchInput{RepositoryName: name, BranchName: aws.String("b"), CommitId: aws.String("b")}, "InvalidCommitIdException")
		second := must(w, w.PutFile, &sdk.PutFileInput{RepositoryName: name, BranchName: aws.String("next"), FilePath: aws.String("n"), FileContent: []byte("n"), ParentCommitId: first.CommitId})
		refused(w, w.PutFile, &sdk.PutFileInput{RepositoryName: name, BranchName: aws.String("other"), FilePath: aws.String("n"), FileContent: []byte("n"), ParentCommitId: first.CommitId}, "BranchDoesNotExistException")
		refused(w, w.GetBranch, &sdk.GetBranchInput{RepositoryName: name, BranchName: aws.String("other")}, "BranchDoesNotExistException")
		refused(w, w.GetBranch, &sdk.GetBranchInput{RepositoryName: name}, "BranchNameRequiredException")
		if got := must(w, w.ListBranches, &sdk.ListBranchesInput{RepositoryName: name}).Branches; !cmp.Equal(got, []string{"main", "next"}) {
			t.Errorf("branches %q", got)
		}
		refused(w, w.GetFile, &sdk.GetFileInput{RepositoryName: name, FilePath: aws.String("n")}, "FileDoesNotExistException")
		refused(w, w.GetFile, &sdk.GetFileInput{RepositoryName: name, FilePath: aws.String("n"), CommitSpecifier: aws.String("other")}, "CommitDoesNotExistException")
		refused(w, w.GetFolder, &sdk.GetFolderInput{RepositoryName: name, FolderPath: aws.String("n")}, "FolderDoesNotExistException")

		repository := must(w, w.GetRepository, &sdk.GetRepositoryInput{RepositoryName: name}).RepositoryMetadata
		if len(w.told) != 3 {
			t.Fatalf("told %+v", w.told)
		}
		last := w.told[2]
		text, err := json.Marshal(last.detail)
		if err != nil {
			t.Fatal(err)
		}
		want := `{"event":"referenceUpdated","repositoryName":"ec-mqagt-dev","repositoryId":"` + *repository.RepositoryId + `","referenceType":"branch",` +
			`"referenceName":"next","referenceFullName":"refs/heads/next","commitId":"` + *second.CommitId + `","oldCommitId":"` + *first.CommitId + `",` +
			`"callerUserArn":"arn:aws:iam::000000000000:user/operator"}`
		if last.detailType != "CodeCommit Repository State Change" || !cmp.Equal(last.resources, []string{"arn:aws:codecommit:ap-northeast-1:000000000000:ec-mqagt-dev"}) || string(text) != want {
			t.Errorf("told %s of %s:\n%s\nwant\n%s", last.detailType, last.resources, text, want)
		}
	})
}

func TestRepositories(t *testing.T) {
	run(t, func(w *world) {
		for _, n := range []string{"b", "a"} {
			must(w, w.CreateRepository, &sdk.CreateRepositoryInput{RepositoryName: &n})
		}
		refused(w, w.CreateRepository, &sdk.CreateRepositoryInput{RepositoryName: aws.String("a")}, "RepositoryNameExistsException")
		refused(w, w.CreateRepository, &sdk.CreateRepositoryInput{RepositoryName: aws.String("a.git")}, "InvalidRepositoryNameException")
		refused(w, w.GetRepository, &sdk.GetRepositoryInput{RepositoryName: aws.String("c")}, "RepositoryDoesNotExistException")
		refused(w, w.GetFile, &sdk.GetFileInput{RepositoryName: aws.String("a"), FilePath: aws.String("f")}, "CommitDoesNotExistException")
		empty := must(w, w.GetRepository, &sdk.GetRepositoryInput{RepositoryName: aws.String("a")}).RepositoryMetadata
		if empty.DefaultBranch != nil || *empty.Arn != "arn:aws:codecommit:ap-northeast-1:000000000000:a" {
			t.Errorf("an empty repository is %+v", empty)
		}
		must(w, w.PutFile, &sdk.PutFileInput{RepositoryName: aws.String("a"), BranchName: branch, FilePath: aws.String("f"), FileContent: []byte("1")})
		if filled := must(w, w.GetRepository, &sdk.GetRepositoryInput{RepositoryName: aws.String("a")}).RepositoryMetadata; *filled.DefaultBranch != "main" {
			t.Errorf("after the first commit it is %+v", filled)
		}
		listed := must(w, w.ListRepositories, &sdk.ListRepositoriesInput{Order: types.OrderEnumDescending, SortBy: types.SortByEnumRepositoryName}).Repositories
		if len(listed) != 2 || *listed[0].RepositoryName != "b" {
			t.Errorf("listed %+v", listed)
		}
		if gone := must(w, w.DeleteRepository, &sdk.DeleteRepositoryInput{RepositoryName: aws.String("b")}); *gone.RepositoryId != *listed[0].RepositoryId {
			t.Errorf("deleted %+v", gone)
		}
		if none := must(w, w.DeleteRepository, &sdk.DeleteRepositoryInput{RepositoryName: aws.String("b")}); none.RepositoryId != nil {
			t.Errorf("deleted again: %+v", none)
		}
	})
}

func sorted(lines []string) map[string]bool {
	set := make(map[string]bool)
	for _, line := range lines {
		set[line] = true
	}
	return set
}
