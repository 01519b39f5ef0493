"""Calibrations: what a launch's certainty was found to be worth, night by night, and from what."""

from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.ground.database import Base
from knowledge.calibration import Recalibration


class LaunchCalibration(Base):
    """Two numbers that correct the shipped certainty. Only ever added; the newest one counts."""

    __tablename__ = "launch_calibrations"

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    at: Mapped[datetime]
    slope: Mapped[float]
    shift: Mapped[float]
    labels: Mapped[int]  # judged questions that it was learnt from
    wrong: Mapped[int]  # of them

    @property
    def recalibration(self) -> Recalibration:
        """Return it as deciding applies it."""
        return Recalibration(self.slope, self.shift, self.labels)


def calibration_of(session: Session, launch_id: int) -> LaunchCalibration | None:
    """Return the launch's newest calibration; nothing while it goes by what was shipped."""
    query = select(LaunchCalibration).where(LaunchCalibration.launch_id == launch_id)
    return session.scalar(query.order_by(LaunchCalibration.id.desc()).limit(1))
