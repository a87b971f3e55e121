package ec2

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/localaws/wire"
)

// snapshot is a snapshot of one volume of an instance, made for an image.
type snapshot struct {
	id, volume, description string
	image                   *image
	device                  Device
	startedAt               time.Time
	completed               bool
	tags                    map[string]string
}

// volumeSize is how many GiB a volume has of which nobody has said it: that of Amazon's own Linux images.
const volumeSize = 8

func (d Device) size() int32 {
	if d.Size == 0 {
		return volumeSize
	}
	return d.Size
}

// takeSnapshot begins a snapshot of one of an instance's volumes, for an image. The description is EC2's own.
func (c *Compute) takeSnapshot(image *image, i *Instance, device Device, tags map[string]string) {
	digest := sha256.Sum256([]byte(image.id + " " + device.Name))
	s := &snapshot{
		id: "snap-" + hex.EncodeToString(digest[:])[:17], volume: i.idOf("vol-", device.Name), image: image, device: device,
		description: "Created by CreateImage(" + i.ID + ") for " + image.id, startedAt: c.account.Now(), tags: maps.Clone(tags),
	}
	image.snapshots = append(image.snapshots, s)
	c.snapshots = append(c.snapshots, s)
}

func (c *Compute) snapshot(id string) *snapshot {
	if at := slices.IndexFunc(c.snapshots, func(s *snapshot) bool { return s.id == id }); at >= 0 {
		return c.snapshots[at]
	}
	return nil
}

func (c *Compute) forgetSnapshot(s *snapshot) {
	c.snapshots = slices.DeleteFunc(c.snapshots, func(other *snapshot) bool { return other == s })
}

// SnapshotView is a snapshot as others see it.
type SnapshotView struct {
	ID    string
	Image string // the name of the image that it was made for, which may be gone
	Tags  map[string]string
}

// Snapshots are all snapshots, oldest first.
func (c *Compute) Snapshots() []SnapshotView {
	var all []SnapshotView
	for _, s := range c.snapshots {
		all = append(all, SnapshotView{ID: s.id, Image: s.image.name, Tags: maps.Clone(s.tags)})
	}
	return all
}

// ImageSnapshots are the ids of an image's snapshots.
func (c *Compute) ImageSnapshots(imageID string) []string {
	var ids []string
	if i, ok := c.images[imageID]; ok {
		for _, s := range i.snapshots {
			ids = append(ids, s.id)
		}
	}
	return ids
}

// shownSnapshots are the snapshots that an image's description names. That it names them while the image is pending, or when it
// has failed, is published nowhere; the cautious reading is that it does not.
func (i *image) shownSnapshots() []string {
	if i.state != types.ImageStateAvailable {
		return nil
	}
	var ids []string
	for _, s := range i.snapshots {
		ids = append(ids, s.id)
	}
	return ids
}

func (i *image) blockDevices() []types.BlockDeviceMapping {
	var mappings []types.BlockDeviceMapping
	for _, s := range i.snapshots {
		mapping := types.BlockDeviceMapping{DeviceName: aws.String(s.device.Name), Ebs: &types.EbsBlockDevice{
			DeleteOnTermination: aws.Bool(!s.device.Stays), Encrypted: aws.Bool(false), VolumeSize: aws.Int32(s.device.size()), VolumeType: types.VolumeTypeGp3,
		}}
		if i.state == types.ImageStateAvailable {
			mapping.Ebs.SnapshotId = aws.String(s.id)
		}
		mappings = append(mappings, mapping)
	}
	return mappings
}

var snapshotFields = fields[*snapshot]{
	of: map[string]func(*snapshot) []string{
		"snapshot-id": func(s *snapshot) []string { return []string{s.id} },
		"volume-id":   func(s *snapshot) []string { return []string{s.volume} },
		"description": func(s *snapshot) []string { return []string{s.description} },
		"status":      func(s *snapshot) []string { return []string{string(s.state())} },
		"volume-size": func(s *snapshot) []string { return []string{strconv.Itoa(int(s.device.size()))} },
	},
	tags: func(s *snapshot) map[string]string { return s.tags },
}

func (c *Compute) describeSnapshots(call *wire.Call, in *sdk.DescribeSnapshotsInput) (*sdk.DescribeSnapshotsOutput, error) {
	if err := checkPage(in.MaxResults, in.SnapshotIds, 5, 1000, "snapshotSet"); err != nil {
		return nil, err
	}
	if err := snapshotIDs.check(in.SnapshotIds...); err != nil {
		return nil, err
	}
	for _, id := range in.SnapshotIds {
		if c.snapshot(id) == nil {
			return nil, snapshotNotFound(id)
		}
	}
	mine := len(in.OwnerIds) == 0 || slices.Contains(in.OwnerIds, "self") || slices.Contains(in.OwnerIds, c.account.ID)
	kept, err := snapshotFields.keep(slices.DeleteFunc(slices.Clone(c.snapshots), func(s *snapshot) bool {
		return !mine || len(in.SnapshotIds) > 0 && !slices.Contains(in.SnapshotIds, s.id)
	}), in.Filters)
	if err != nil {
		return nil, err
	}
	kept, next, err := page(kept, in.MaxResults, in.NextToken)
	out := &sdk.DescribeSnapshotsOutput{Snapshots: []types.Snapshot{}, NextToken: next}
	for _, s := range kept {
		out.Snapshots = append(out.Snapshots, c.describeSnapshot(s))
	}
	return out, err
}

func (s *snapshot) state() types.SnapshotState {
	if s.completed {
		return types.SnapshotStateCompleted
	}
	return types.SnapshotStatePending
}

func (c *Compute) describeSnapshot(s *snapshot) types.Snapshot {
	progress := "0%"
	if s.completed {
		progress = "100%"
	}
	return types.Snapshot{
		SnapshotId: aws.String(s.id), VolumeId: aws.String(s.volume), VolumeSize: aws.Int32(s.device.size()), Description: aws.String(s.description),
		State: s.state(), Progress: aws.String(progress), StartTime: aws.Time(s.startedAt), OwnerId: aws.String(c.account.ID), Encrypted: aws.Bool(false),
		StorageTier: types.StorageTierStandard, Tags: tagList(s.tags),
	}
}

// deleteSnapshot refuses one that an image needs (sebdah/automated-ebs-snapshots issue 4).
func (c *Compute) deleteSnapshot(call *wire.Call, in *sdk.DeleteSnapshotInput) (*sdk.DeleteSnapshotOutput, error) {
	id := aws.ToString(in.SnapshotId)
	s := c.snapshot(id)
	if s == nil {
		return nil, snapshotNotFound(id)
	}
	if c.images[s.image.id] == s.image {
		return nil, wire.Errorf("InvalidSnapshot.InUse", "The snapshot %s is currently in use by %s", id, s.image.id)
	}
	c.forgetSnapshot(s)
	return &sdk.DeleteSnapshotOutput{}, nil
}
