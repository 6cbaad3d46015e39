// The id of a project, apart from its routes: keys and limits name projects, and projects end limits.

import { idOf } from './schemas.ts';

export const ProjectId = idOf('prj', 'a project');
