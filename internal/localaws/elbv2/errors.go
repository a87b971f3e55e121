package elbv2

import "bluegreen/internal/localaws/wire"

func groupNotFound() error {
	return wire.Errorf("TargetGroupNotFound", "One or more target groups not found")
}
