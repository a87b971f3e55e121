package codecommit

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codecommit"
	"github.com/aws/aws-sdk-go-v2/service/codecommit/types"

	"bluegreen/internal/localaws/wire"
)

func (r *Repositories) getFile(_ *wire.Call, in *codecommit.GetFileInput) (*codecommit.GetFileOutput, error) {
	found, err := r.find(in.RepositoryName)
	if err != nil {
		return nil, err
	}
	path, err := cleanPath(in.FilePath)
	if err != nil {
		return nil, err
	}
	at, err := found.resolve(in.CommitSpecifier)
	if err != nil {
		return nil, err
	}
	f, exists := at.files[path]
	if !exists {
		return nil, noFile()
	}
	content := found.blobs[f.blob]
	return &codecommit.GetFileOutput{
		BlobId: &f.blob, CommitId: &at.id, FileContent: content, FileMode: f.mode, FilePath: &path, FileSize: int64(len(content)),
	}, nil
}

func (r *Repositories) getBlob(_ *wire.Call, in *codecommit.GetBlobInput) (*codecommit.GetBlobOutput, error) {
	found, err := r.find(in.RepositoryName)
	if err != nil {
		return nil, err
	}
	switch id := aws.ToString(in.BlobId); {
	case id == "":
		return nil, refuse("BlobIdRequiredException", "A blob ID is required, but was not specified.")
	case !fullID.MatchString(id):
		return nil, refuse("InvalidBlobIdException", "The specified blob is not valid.")
	}
	content, exists := found.blobs[*in.BlobId]
	if !exists {
		return nil, refuse("BlobIdDoesNotExistException", "The specified blob does not exist.")
	}
	return &codecommit.GetBlobOutput{Content: content}, nil
}

func (r *Repositories) getFolder(_ *wire.Call, in *codecommit.GetFolderInput) (*codecommit.GetFolderOutput, error) {
	found, err := r.find(in.RepositoryName)
	if err != nil {
		return nil, err
	}
	if in.FolderPath == nil {
		return nil, refuse("PathRequiredException", "The folderPath for a location cannot be null.")
	}
	at, err := found.resolve(in.CommitSpecifier)
	if err != nil {
		return nil, err
	}
	folder := strings.Trim(*in.FolderPath, "/")
	under := folder
	if under != "" {
		under += "/"
	}
	inside := entries(at.files, under)
	if len(inside) == 0 && folder != "" {
		return nil, refuse("FolderDoesNotExistException", "The specified folder does not exist. Either the folder name is not correct, or you "+
			"did not enter the full path to the folder.")
	}
	out := &codecommit.GetFolderOutput{
		CommitId: &at.id, FolderPath: &folder, TreeId: aws.String(treeID(at.files, under)),
		Files: []types.File{}, SubFolders: []types.Folder{}, SymbolicLinks: []types.SymbolicLink{}, SubModules: []types.SubModule{},
	}
	for _, e := range inside {
		absolute := under + e.name
		mode := at.files[absolute].mode
		switch {
		case e.folder:
			out.SubFolders = append(out.SubFolders, types.Folder{AbsolutePath: &absolute, RelativePath: &e.name, TreeId: &e.id})
		case mode == types.FileModeTypeEnumSymlink:
			out.SymbolicLinks = append(out.SymbolicLinks, types.SymbolicLink{AbsolutePath: &absolute, RelativePath: &e.name, BlobId: &e.id, FileMode: mode})
		default:
			out.Files = append(out.Files, types.File{AbsolutePath: &absolute, RelativePath: &e.name, BlobId: &e.id, FileMode: mode})
		}
	}
	return out, nil
}

// getDifferences compares the files of two commits, or tells all files of the later as added.
func (r *Repositories) getDifferences(_ *wire.Call, in *codecommit.GetDifferencesInput) (*codecommit.GetDifferencesOutput, error) {
	found, err := r.find(in.RepositoryName)
	if err != nil {
		return nil, err
	}
	if aws.ToString(in.AfterCommitSpecifier) == "" {
		return nil, refuse("CommitRequiredException", "A commit was not specified.")
	}
	after, err := found.resolve(in.AfterCommitSpecifier)
	if err != nil {
		return nil, err
	}
	before := &commit{}
	if aws.ToString(in.BeforeCommitSpecifier) != "" {
		if before, err = found.resolve(in.BeforeCommitSpecifier); err != nil {
			return nil, err
		}
	}
	all := differences(before.files, after.files)
	from := 0
	if in.NextToken != nil {
		if from, err = strconv.Atoi(*in.NextToken); err != nil || from < 0 || from > len(all) {
			return nil, refuse("InvalidContinuationTokenException", "The specified continuation token is not valid.")
		}
	}
	to := len(all)
	if in.MaxResults != nil {
		if *in.MaxResults < 1 {
			return nil, refuse("InvalidMaxResultsException", "The specified number of maximum results is not valid.")
		}
		to = min(to, from+int(*in.MaxResults))
	}
	out := &codecommit.GetDifferencesOutput{Differences: all[from:to]}
	if to < len(all) {
		out.NextToken = aws.String(strconv.Itoa(to))
	}
	return out, nil
}

func differences(before, after map[string]file) []types.Difference {
	all := []types.Difference{}
	for path, f := range after {
		was, existed := before[path]
		switch {
		case !existed:
			all = append(all, types.Difference{ChangeType: types.ChangeTypeEnumAdded, AfterBlob: blob(path, f)})
		case was != f:
			all = append(all, types.Difference{ChangeType: types.ChangeTypeEnumModified, BeforeBlob: blob(path, was), AfterBlob: blob(path, f)})
		}
	}
	for path, was := range before {
		if _, exists := after[path]; !exists {
			all = append(all, types.Difference{ChangeType: types.ChangeTypeEnumDeleted, BeforeBlob: blob(path, was)})
		}
	}
	slices.SortFunc(all, func(a, b types.Difference) int { return cmp.Compare(pathOf(a), pathOf(b)) })
	return all
}

func pathOf(d types.Difference) string {
	if d.AfterBlob != nil {
		return *d.AfterBlob.Path
	}
	return *d.BeforeBlob.Path
}

func blob(path string, f file) *types.BlobMetadata {
	return &types.BlobMetadata{BlobId: aws.String(f.blob), Path: &path, Mode: aws.String(gitMode(f.mode))}
}

// Revision is a commit as a pipeline takes it.
type Revision struct {
	ID, Message   string
	AuthorDate    string            // RFC 3339
	Files         map[string][]byte // by path
	CommitterDate string            // RFC 3339
}

// Tip is the id of a branch's last commit. The lock is held.
func (r *Repositories) Tip(repository, branch string) (id string, found bool) {
	if named, ok := r.byName[repository]; ok {
		id, found = named.branches[branch]
	}
	return id, found
}

// Exists reports whether there is a repository of that name. The lock is held.
func (r *Repositories) Exists(repository string) bool { return r.byName[repository] != nil }

// Revision is a commit with its files. The lock is held.
func (r *Repositories) Revision(repository, id string) (Revision, bool) {
	named, ok := r.byName[repository]
	if !ok {
		return Revision{}, false
	}
	c, ok := named.commits[id]
	if !ok {
		return Revision{}, false
	}
	at := c.at.UTC().Format("2006-01-02T15:04:05Z")
	revision := Revision{ID: c.id, Message: c.message, AuthorDate: at, CommitterDate: at, Files: make(map[string][]byte, len(c.files))}
	for path, f := range c.files {
		revision.Files[path] = named.blobs[f.blob]
	}
	return revision, true
}
